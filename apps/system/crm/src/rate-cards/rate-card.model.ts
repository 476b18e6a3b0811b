import { OmitType } from '@nestjs/swagger';
import { BusinessDate, RateCard, Text } from '#canonical';

/** A rate card as this API publishes it: the version in force on the day asked for. */
export class RateCardResource extends OmitType(RateCard, [] as const) {}

export class RateCardPath {
  @Text({ min: 1, max: 80, description: 'The code, as deals name it.' }) code: string;
}

export class RateCardQuery {
  @BusinessDate({ optional: true, description: 'The day whose version is asked for; today (UTC) if not said.' }) asOf?: string;
}
