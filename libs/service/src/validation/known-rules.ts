import { getMetadataStorage } from 'class-validator';

type Storage = ReturnType<typeof getMetadataStorage>;
type Rules = ReturnType<Storage['getTargetValidationMetadatas']>;

let remembering = false;

/**
 * Has class-validator remember the rules of a class. By itself it goes through every decorated class
 * of the process, for the parents of this one, each time that it validates an object. A rule that
 * is declared later counts too.
 */
export function rememberRules(): void {
  if (remembering) return;
  remembering = true;
  const storage = getMetadataStorage();
  const [find, add] = [storage.getTargetValidationMetadatas.bind(storage), storage.addValidationMetadata.bind(storage)];
  let known = new WeakMap<object, Rules>();
  storage.addValidationMetadata = metadata => {
    known = new WeakMap();
    add(metadata);
  };
  storage.getTargetValidationMetadatas = (type, schema, always, strictGroups, groups) => {
    // A schema or groups choose among the rules; nothing here uses them.
    if (schema || always || strictGroups || groups?.length) return find(type, schema, always, strictGroups, groups);
    const rules = known.get(type) ?? find(type, schema, always, strictGroups, groups);
    known.set(type, rules);
    return rules;
  };
}
