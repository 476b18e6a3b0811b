import { describe, expect, it } from 'vitest';
import { jobOfLocation, readCompleted } from './netsuite.wire.js';

describe('jobs', () => {
  it('are found by a Location, relative or absolute', () => {
    const path = '/services/rest/async/v1/job/123';
    expect([path, `https://1.suitetalk.api.netsuite.com${path}`, `${path}?x=1`].map(jobOfLocation)).toEqual([path, path, path]);
    expect(() => jobOfLocation('/services/rest/record/v1/timeBill/7')).toThrow('job');
    expect(() => jobOfLocation(undefined)).toThrow('job');
  });

  it('have ended when they say so, whatever their progress is called', () => {
    expect([readCompleted({ completed: true, progress: 'failed' }), readCompleted({ completed: false, progress: 'succeeded' })]).toEqual([
      true,
      false,
    ]);
    expect(() => readCompleted({ progress: 'succeeded' })).toThrow('job');
  });
});
