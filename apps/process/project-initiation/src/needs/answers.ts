import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ExceptionDesk } from '#exceptions';
import { Decisions } from '#ownership';
import { needs } from '../needs.js';
import { rateDetail } from '../sold-rates/sold-rates.rules.js';

/** Keeps people's answer to an exception together with its question. */
@Injectable()
export class Answers implements OnModuleInit {
  constructor(
    private readonly desk: ExceptionDesk,
    private readonly decisions: Decisions,
  ) {}

  onModuleInit(): void {
    this.desk.answerWith((em, need, answer) => this.decisions.decide(em, need, answer, needs.soldRate.is(need) ? rateDetail(answer) : undefined));
  }
}
