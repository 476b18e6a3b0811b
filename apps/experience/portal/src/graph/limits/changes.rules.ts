import { Kind, type DocumentNode, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import { refused } from './refused.js';

/** Enough for a selection of exceptions on a screen, each handled by itself. */
const CHANGES_AT_MOST = 50;

/** Refuses a mutation with more changes than that, before the first is made. */
export function checkChanges({ definitions }: DocumentNode, operation: OperationDefinitionNode): void {
  const fragments = new Map(definitions.flatMap(node => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node.selectionSet]] : [])));
  let changes = 0;
  const count = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) count(fragments.get(selection.name.value)!);
      else if (selection.kind === Kind.INLINE_FRAGMENT) count(selection.selectionSet);
      else if (++changes > CHANGES_AT_MOST) {
        const message = `This mutation has more than ${CHANGES_AT_MOST} changes; nothing of it was done. Send it in parts.`;
        throw refused(message, 'TOO_MANY_CHANGES', { limit: CHANGES_AT_MOST }, [selection]);
      }
    }
  };
  count(operation.selectionSet);
}
