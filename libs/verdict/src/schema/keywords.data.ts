const KEYWORDS = `
title description externalDocs example examples deprecated readOnly writeOnly default nullable discriminator xml
$ref $dynamicRef $recursiveRef $defs definitions $id $schema $anchor $dynamicAnchor $recursiveAnchor $vocabulary $comment
type enum const format pattern minLength maxLength contentEncoding contentMediaType contentSchema
minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
items prefixItems additionalItems minItems maxItems uniqueItems contains minContains maxContains unevaluatedItems
properties required additionalProperties patternProperties propertyNames minProperties maxProperties unevaluatedProperties
dependentRequired dependentSchemas allOf anyOf oneOf not if then else`;

/** Keywords of OpenAPI 3.0 and JSON Schema 2020-12 that have rules; all others are extensions. */
export const KNOWN_KEYWORDS: ReadonlySet<string> = new Set(KEYWORDS.trim().split(/\s+/));
