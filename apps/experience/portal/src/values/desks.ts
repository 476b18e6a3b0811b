import { registerEnumType } from '@nestjs/graphql';
import { DESKS } from '#canonical';
import { enumOf } from '#read-model';

export const Desks = enumOf(DESKS);
registerEnumType(Desks, { name: 'Desk', description: 'The team that owns it; roles have the same names.' });
