/**
 * SQL of rows with need, id, subject and opened_at: the unmet needs of exceptions that wait at a
 * step of an app. For statements of that app over its own rows. The arguments are SQL.
 */
export const unmetNeeds = (app: string, step: string): string => `
  select n.need, x.id, x.subject, x.opened_at from exceptions.need n
  join exceptions.exception x on x.id = n.exception_id and x.app = ${app} and x.step = ${step} and x.state in ('open', 'waiting')
  where n.met_at is null`;
