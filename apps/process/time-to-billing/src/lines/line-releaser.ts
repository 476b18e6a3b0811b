import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ExceptionAction } from '#apis/exceptions';
import { ExceptionDesk, type HeldTurn } from '#exceptions';
import type { Transaction } from '#persistence';
import { needs } from '../needs.js';
import type { LineBook } from './line-book.js';
import { Lines } from './lines.js';
import { alive } from './line-state.rules.js';
import type { Line } from './line.js';

/** Applies a decision from the desk to its line. */
@Injectable()
export class LineReleaser implements OnModuleInit {
  constructor(
    private readonly desk: ExceptionDesk,
    private readonly lines: Lines,
  ) {}

  onModuleInit(): void {
    this.desk.releaseWith((em, turns, action) => this.#release(em, turns, action));
  }

  async #release(em: Transaction, turns: HeldTurn[], action: ExceptionAction): Promise<void> {
    const ids = turns.map(({ key }) => key);
    await this.lines.change(em, ids, book => Promise.resolve(this.#decided(book, turns, action)));
  }

  #decided(book: LineBook, turns: HeldTurn[], action: ExceptionAction): void {
    for (const { key, seq } of turns) {
      const line = book.get(key);
      // The line has a newer version than the one that was decided about.
      if (!line || line.version !== seq || line.faults === null) continue;
      if (line.faults.some(({ need }) => need === needs.credit(line.id, line.version))) this.#credited(book, line, action);
      else this.#again(book, line, action);
    }
  }

  /**
   * "Retry" says that finance has credited what was billed. "Skip" says that the invoice stays and
   * the correction is not billed: what is on the invoice then belongs to the newest version.
   */
  #credited(book: LineBook, line: Line, action: ExceptionAction): void {
    const billed = line.postings.filter(one => one.version < line.version && one.billing !== 'unbilled' && alive(one));
    if (action === 'skip') {
      for (const posting of billed) {
        posting.version = line.version;
        book.moved(line, posting, 'whole');
      }
      line.assessment = 'skipped';
      line.faults = null;
      line.exceptionId = null;
    } else {
      for (const posting of billed) {
        posting.state = 'credited';
        book.moved(line, posting);
      }
    }
    book.changed(line, 'whole');
  }

  #again(book: LineBook, line: Line, action: ExceptionAction): void {
    line.assessment = action === 'skip' ? 'skipped' : 'none';
    line.faults = null;
    if (action === 'skip') line.exceptionId = null;
    book.changed(line, 'whole');
  }
}
