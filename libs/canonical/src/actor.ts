/** Who did it. A flow acts as itself for the person or system that caused it. */
export interface Actor {
  kind: 'person' | 'client' | 'flow' | 'system';
  id: string;
  name?: string;
  actingFor?: { kind: 'person' | 'client' | 'system'; id: string; name?: string };
}
