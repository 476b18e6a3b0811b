import { afterEach, describe, expect, it } from 'vitest';
import { otherVendor } from '#testing';
import { hcmApp } from './hcm.app.js';
import { hcmHouse, type HcmHouse } from './hcm.fixture.js';

let house: HcmHouse;
afterEach(() => house.close());
const abilities = async () => (await house.ask('/v1/abilities')).body;

describe('an HCM', () => {
  it('starts without any setting of another in the list, and says what it can do', async () => {
    house = await hcmHouse({}, { vendors: [...hcmApp.vendors!, otherVendor] });
    expect(await abilities()).toEqual({ can: ['cost-rates'], cannot: [] });
  });

  it('says that it does not tell what workers cost, where its settings say so', async () => {
    house = await hcmHouse({ WORKDAY_COST_RATE_REPORT: 'none' });
    expect(await abilities()).toEqual({ can: [], cannot: ['cost-rates'] });
  });
});
