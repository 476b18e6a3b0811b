import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { SetAsideNoun } from '#canonical';
import { withFullView } from '#persistence';
import { Readiness } from '#service';
import { type OpenAsides, SetAsides } from './set-aside.js';

/**
 * Reports to readiness how much is set aside and where. An app with such records does its work: it
 * stays ready.
 */
@Injectable()
export class SetAsideHealth implements OnModuleInit {
  constructor(
    private readonly setAsides: SetAsides,
    private readonly readiness: Readiness,
  ) {}

  onModuleInit(): void {
    this.readiness.degrades('records', () =>
      withFullView('health counts what is set aside; it shows none of it', async () => degradation(await this.setAsides.open())),
    );
  }
}

/** States nouns and numbers only, because anybody may ask. */
function degradation({ byPlace, stopped }: OpenAsides): string | undefined {
  const nouns = sumByNoun([...byPlace.values()].flat()).map(({ noun, records }) => `${noun} ${records}`);
  const places = stopped.size === 1 ? '1 place is stopped' : `${stopped.size} places are stopped`;
  const parts = [...(nouns.length > 0 ? [`set aside: ${nouns.join(', ')}`] : []), ...(stopped.size > 0 ? [places] : [])];
  return parts.length === 0 ? undefined : parts.join('; ');
}

function sumByNoun(counts: SetAsideNoun[]): SetAsideNoun[] {
  const byNoun = Map.groupBy(counts, ({ noun }) => noun);
  return [...byNoun].sort().map(([noun, same]) => ({ noun, records: same.reduce((sum, { records }) => sum + records, 0) }));
}
