import { getMetadataStorage, IsInt, IsString, Max, MaxLength, validate } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { rememberRules } from './known-rules.js';

class Parent {
  @IsString() name: unknown;
}
class Child extends Parent {
  @IsInt() age: unknown;
}

const faults = async (given: object): Promise<string[]> =>
  (await validate(given)).flatMap(({ property, constraints = {} }) => Object.keys(constraints).map(rule => `${property} ${rule}`));
const child = (name: unknown, age: unknown): Child => Object.assign(new Child(), { name, age });

describe('remembered rules', () => {
  rememberRules();

  it('are those of the class and its parents, also when they are declared later', async () => {
    expect(await faults(child(1, 'x'))).toEqual(['age isInt', 'name isString']);
    expect(await faults(child('long', 7))).toEqual([]);
    MaxLength(3)(Parent.prototype, 'name');
    Max(6)(Child.prototype, 'age');
    expect(await faults(child('long', 7))).toEqual(['age max', 'name maxLength']);
    expect(await faults(Object.assign(new Parent(), { name: 1 }))).toEqual(['name isString', 'name maxLength']);
  });

  it('are found once', () => {
    const rules = () => getMetadataStorage().getTargetValidationMetadatas(Child, '', false, false);
    expect(rules()).toBe(rules());
  });

  it('are chosen by groups as before', () => {
    IsInt({ groups: ['late'] })(Child.prototype, 'age');
    const ofGroup = getMetadataStorage().getTargetValidationMetadatas(Child, '', false, false, ['late']);
    expect(ofGroup.map(({ propertyName }) => propertyName)).toEqual(['age']);
  });
});
