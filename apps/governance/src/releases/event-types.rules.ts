import type { EventTypeView } from '#apis/governance';

/** The parts of the AsyncAPI document that are shown. */
export interface EventsDocument {
  channels: Record<string, { summary?: string; description?: string }>;
  operations: Record<string, { action: string; channel: { $ref: string }; 'x-app'?: string }>;
  components: { messages: Record<string, { payload: { allOf: { properties?: { data?: { $ref?: string } } }[] } }> };
}

const nameIn = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

/** The event types of the document, by their names. */
export function eventTypesOf({ channels, operations, components }: EventsDocument): EventTypeView[] {
  const appsOf = (id: string, how: 'send' | 'receive'): string[] =>
    Object.values(operations)
      .filter(({ action, channel }) => action === how && nameIn(channel.$ref) === id)
      .flatMap(one => one['x-app'] ?? []);
  return Object.entries(channels)
    .map(([id, { summary = '', description = '' }]) => ({
      id,
      summary,
      key: description,
      publishers: appsOf(id, 'send'),
      readers: appsOf(id, 'receive'),
      data: components.messages[id].payload.allOf.flatMap(({ properties }) => (properties?.data?.$ref ? [nameIn(properties.data.$ref)] : [])).join(),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
