import type { Severity } from '../change.js';

/** What a change does to the values that a schema allows. */
export type Effect = 'fewer' | 'more' | 'both' | 'neither';

export interface Rule {
  effect: Effect;
  /** Null: the part does not travel this way, so there is nothing to tell. */
  request: Severity | null;
  response: Severity | null;
  why: string;
}

function rule(effect: Effect, request: Severity | null, response: Severity | null, why: string): Rule {
  return { effect, request, response, why };
}

/**
 * What may change in a schema, and how bad that is by direction. A change's id is its direction and
 * the rule's name: `request-type-narrowed`.
 *
 * A request that accepts less breaks its senders; one that accepts more is a loosening. An answer
 * that says less is what its readers know already. An answer that may say more is breaking where a
 * reader has to handle it to go on (another type, null, an unknown value, a missing property), and a
 * warning where only a reader that checks or has sized its store by it notices (bounds, patterns).
 */
export const RULES = {
  // Types
  'type-narrowed': rule('fewer', 'breaking', 'info', 'Values of the types that were taken away are refused.'),
  'type-widened': rule('more', 'info', 'breaking', 'Readers have no code for a type that they were never sent.'),
  'type-changed': rule('both', 'breaking', 'breaking', 'What was sent is refused, and what is answered cannot be read as before.'),
  'null-refused': rule('fewer', 'breaking', 'info', 'Senders that clear a value by null are refused.'),
  'null-allowed': rule('more', 'info', 'breaking', 'Readers that use the value without looking fail at null.'),
  'value-refused': rule('fewer', 'breaking', 'info', 'No value is accepted here any more.'),
  'value-allowed': rule('more', 'info', 'breaking', 'A value comes where none could be.'),

  // Values
  'enum-added': rule('fewer', 'breaking', 'info', 'All values but the listed ones are refused.'),
  'enum-removed': rule('more', 'info', 'breaking', 'Readers that know the listed values only meet others.'),
  'enum-value-added': rule('more', 'info', 'breaking', 'Generated readers refuse a value that they do not know.'),
  'enum-value-removed': rule('fewer', 'breaking', 'info', 'Senders of the value are refused.'),
  'default-added': rule('neither', 'info', 'info', 'It says what was left open; nobody has to send or read anything else.'),
  'default-changed': rule('neither', 'warning', 'info', 'Senders that leave the value out get another behaviour; answers carry the value itself.'),
  'default-removed': rule('neither', 'warning', 'info', 'Senders that leave the value out cannot count on the old behaviour.'),

  // Numbers
  'minimum-raised': rule('fewer', 'breaking', 'info', 'Smaller numbers are refused.'),
  'minimum-lowered': rule('more', 'info', 'warning', 'Smaller numbers come; few readers depend on the bound.'),
  'maximum-lowered': rule('fewer', 'breaking', 'info', 'Larger numbers are refused.'),
  'maximum-raised': rule('more', 'info', 'warning', 'Larger numbers come; a reader that sized a column by the bound notices.'),
  'multiple-of-narrowed': rule('fewer', 'breaking', 'info', 'Numbers between the new steps are refused.'),
  'multiple-of-widened': rule('more', 'info', 'warning', 'Finer numbers come; a reader that rounds by the step loses them.'),
  'multiple-of-changed': rule('both', 'breaking', 'warning', 'Some numbers are refused now, and others come.'),

  // Texts
  'min-length-raised': rule('fewer', 'breaking', 'info', 'Shorter texts are refused.'),
  'min-length-lowered': rule('more', 'info', 'warning', 'Shorter texts come, an empty one among them.'),
  'max-length-lowered': rule('fewer', 'breaking', 'info', 'Longer texts are refused.'),
  'max-length-raised': rule('more', 'info', 'warning', 'Longer texts come; a reader that sized a column by the bound cuts them.'),
  'pattern-added': rule('fewer', 'breaking', 'info', 'Texts of another form are refused.'),
  'pattern-removed': rule('more', 'info', 'warning', 'Texts of another form come; a reader that takes them apart notices.'),
  'pattern-changed': rule('both', 'breaking', 'warning', 'Whether one pattern covers the other is not decided, so it counts as both.'),
  'format-added': rule('fewer', 'breaking', 'info', 'Values of another format are refused.'),
  'format-removed': rule('more', 'info', 'warning', 'Values of another format come; a reader that parses them fails.'),
  'format-narrowed': rule('fewer', 'breaking', 'info', 'The new format is a part of the old one.'),
  'format-widened': rule('more', 'info', 'breaking', 'A reader that holds the smaller format cannot hold what comes.'),
  'format-changed': rule('both', 'breaking', 'breaking', 'What was sent is refused, and what is answered cannot be parsed as before.'),
  'content-added': rule('fewer', 'breaking', 'info', 'Texts of other content are refused.'),
  'content-removed': rule('more', 'info', 'breaking', 'Readers cannot count on decoding the text.'),
  'content-changed': rule('both', 'breaking', 'breaking', 'The text has to be encoded and decoded in another way.'),

  // Arrays
  'min-items-raised': rule('fewer', 'breaking', 'info', 'Shorter lists are refused.'),
  'min-items-lowered': rule('more', 'info', 'warning', 'Shorter lists come, an empty one among them.'),
  'max-items-lowered': rule('fewer', 'breaking', 'info', 'Longer lists are refused.'),
  'max-items-raised': rule('more', 'info', 'warning', 'Longer lists come.'),
  'items-became-unique': rule('fewer', 'breaking', 'info', 'Lists with an item twice are refused.'),
  'items-no-longer-unique': rule('more', 'info', 'warning', 'A reader that keys by the item meets it twice.'),
  'contains-added': rule('fewer', 'breaking', 'info', 'Lists without such an item are refused.'),
  'contains-removed': rule('more', 'info', 'warning', 'A reader that looks for the item may not find it.'),
  'contains-changed': rule('both', 'breaking', 'warning', 'Other items count towards the bounds of how many there are.'),
  'min-contains-raised': rule('fewer', 'breaking', 'info', 'Lists with fewer such items are refused.'),
  'min-contains-lowered': rule('more', 'info', 'warning', 'Lists with fewer such items come.'),
  'max-contains-lowered': rule('fewer', 'breaking', 'info', 'Lists with more such items are refused.'),
  'max-contains-raised': rule('more', 'info', 'warning', 'Lists with more such items come.'),

  // Objects
  'property-added': rule('both', 'info', 'info', 'Nobody has to send it, and readers pass over what they do not know.'),
  'required-property-added': rule('fewer', 'breaking', 'info', 'Today’s senders do not send it and are refused.'),
  'property-added-to-closed': rule('more', 'info', 'warning', 'Readers were told that nothing else comes; strict ones refuse it.'),
  'property-removed': rule('both', 'breaking', 'breaking', 'What is sent in it is refused or lost, and readers miss it.'),
  'property-became-required': rule('fewer', 'breaking', 'info', 'Senders that leave it out are refused, default or not.'),
  'property-became-optional': rule('more', 'info', 'breaking', 'Readers that count on it fail where it is missing.'),
  'property-became-read-only': rule('both', 'breaking', null, 'What is sent in it is refused or lost; in answers it stays as it was.'),
  'property-became-write-only': rule('both', null, 'breaking', 'Readers miss it; in requests it stays as it was.'),
  'additional-properties-refused': rule('fewer', 'breaking', 'info', 'Properties that are not declared are refused.'),
  'additional-properties-allowed': rule('more', 'info', 'warning', 'Strict readers refuse properties that they were not told of.'),
  'pattern-properties-added': rule('fewer', 'breaking', 'info', 'Properties of such names have to fit a schema now.'),
  'pattern-properties-removed': rule('more', 'info', 'warning', 'Properties of such names may hold anything.'),
  'pattern-properties-allowed': rule('more', 'info', 'warning', 'Strict readers refuse properties that they were not told of.'),
  'pattern-properties-refused': rule('fewer', 'breaking', 'info', 'Properties of such names are refused.'),
  'min-properties-raised': rule('fewer', 'breaking', 'info', 'Objects with fewer properties are refused.'),
  'min-properties-lowered': rule('more', 'info', 'warning', 'Objects with fewer properties come.'),
  'max-properties-lowered': rule('fewer', 'breaking', 'info', 'Objects with more properties are refused.'),
  'max-properties-raised': rule('more', 'info', 'warning', 'Objects with more properties come.'),
  'dependent-required-added': rule('fewer', 'breaking', 'info', 'Senders of the one without the other are refused.'),
  'dependent-required-removed': rule('more', 'info', 'breaking', 'Readers that count on the other fail where it is missing.'),
  'dependent-schema-added': rule('fewer', 'breaking', 'info', 'Objects with the property have to fit a further schema.'),
  'dependent-schema-removed': rule('more', 'info', 'warning', 'Objects with the property need not fit the schema any more.'),

  // Combinations
  'alternative-added': rule('more', 'info', 'breaking', 'Readers have no code for an alternative that they were never sent.'),
  'alternative-removed': rule('fewer', 'breaking', 'info', 'Senders of the alternative are refused.'),
  'alternatives-introduced': rule('fewer', 'breaking', 'info', 'Values that fit none of the alternatives are refused.'),
  'alternatives-dropped': rule('more', 'info', 'breaking', 'Values come that fit none of the alternatives that readers know.'),
  'one-of-became-any-of': rule('more', 'info', 'warning', 'Values that fit several alternatives come.'),
  'any-of-became-one-of': rule('fewer', 'breaking', 'info', 'Values that fit several alternatives are refused.'),
  'alternatives-overlap': rule('neither', 'warning', null, 'Of oneOf a value may fit one only: what fits both is refused.'),
  'exclusion-widened': rule('fewer', 'breaking', 'info', 'More values are excluded, so their senders are refused.'),
  'exclusion-narrowed': rule('more', 'info', 'warning', 'Values come that were excluded.'),
  'exclusion-changed': rule('both', 'breaking', 'warning', 'Other values are excluded than before.'),
  'condition-added': rule('fewer', 'breaking', 'info', 'Values that meet the condition have to fit a further schema.'),
  'condition-removed': rule('more', 'info', 'warning', 'Values come that the condition did not allow.'),
  'condition-changed': rule('both', 'breaking', 'warning', 'Other values have to fit the schemas that depend on the condition.'),
  'discriminator-added': rule('neither', 'warning', 'info', 'Servers choose the alternative by it, so senders have to fill it.'),
  'discriminator-removed': rule('neither', 'info', 'warning', 'Readers that choose the alternative by it have to find another way.'),
  'discriminator-property-changed': rule('both', 'breaking', 'breaking', 'The alternative is chosen by another property.'),
  'discriminator-value-added': rule('more', 'info', 'breaking', 'Readers have no code for an alternative that they were never sent.'),
  'discriminator-value-removed': rule('fewer', 'breaking', 'info', 'Senders of the value are refused.'),
  'discriminator-value-changed': rule('both', 'breaking', 'breaking', 'The same value stands for another schema.'),

  // What is said about them
  deprecated: rule('neither', 'info', 'info', 'It works as before and will go one day.'),
  'no-longer-deprecated': rule('neither', 'info', 'info', 'It stays.'),
  'documentation-changed': rule('neither', 'info', 'info', 'Words and examples bind nobody.'),
  'extension-changed': rule('neither', 'info', 'info', 'What a vendor’s keyword means is not known here; nothing is passed over in silence.'),
  'sensitive-added': rule('neither', 'info', 'breaking', 'The value disappears for readers without the right to see it.'),
  'sensitive-removed': rule('neither', 'info', 'info', 'More readers see the value.'),
  'xml-changed': rule('both', 'breaking', 'breaking', 'The element has another name or place in XML.'),

  // What could not be judged
  'reference-unresolvable': rule('both', 'warning', 'warning', 'What a reference leads to is not known, so nothing is said about it.'),
  'comparison-incomplete': rule('both', 'warning', 'warning', 'The schemas are too large in combination; the rest was not compared.'),
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;
