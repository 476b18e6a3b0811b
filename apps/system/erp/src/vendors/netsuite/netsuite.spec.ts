import { beforeAll } from 'vitest';
import { built } from '#testing';
import { erpConformance } from '../port/erp.conformance.js';
import { NetsuiteWorld } from './netsuite.fixture.js';

// For the processes that are killed and frozen.
beforeAll(async () => void (await built()), 180_000);

erpConformance('netsuite', new NetsuiteWorld());
