import { describe, expect, it } from 'vitest';
import { canonicalJson, type Project } from '#canonical';
import { aProject } from '#testing';
import { applied, projectChanges } from './project-plan.rules.js';
import { projectOf, recordsOf } from './project-records.js';

const project = aProject();
const kinds = (desired: Project, current: Project | null) =>
  projectChanges(recordsOf(desired), current && recordsOf(current)).map(({ operation, noun, externalId }) => `${operation} ${noun} ${externalId}`);
const [first, second] = project.tasks;

describe('what a project needs', () => {
  it.each<[string, Project, Project | null, string[]]>([
    ['nothing, when it is so', project, project, []],
    [
      'only itself archived, whatever else differs',
      { ...project, status: 'archived', title: 'x', tasks: [] },
      project,
      [`archive project ${project.id}`],
    ],
    ['nothing, when it is archived already', { ...project, status: 'archived' }, { ...project, status: 'archived' }, []],
    ['bringing back', project, { ...project, status: 'archived' }, [`reactivate project ${project.id}`]],
    ['a changed head', { ...project, title: 'x' }, project, [`update project ${project.id}`]],
    ['one task less', { ...project, tasks: [first] }, project, [`archive task ${second.id}`]],
    [
      'a milestone’s money',
      { ...project, milestones: [{ ...project.milestones[0], dueDate: '2027-02-01' }, project.milestones[1]] },
      project,
      [`update milestone ${project.milestones[0].id}`],
    ],
  ])('is %s', (_, desired, current, expected) => {
    expect(kinds(desired, current)).toEqual(expected);
  });

  it('is a task brought back that was archived before', () => {
    const current = recordsOf(project);
    current.tasks[1] = { ...current.tasks[1], status: 'archived' };
    expect(projectChanges(recordsOf(project), current).map(({ operation, noun }) => [operation, noun])).toEqual([['reactivate', 'task']]);
  });

  it('leaves, once it is had, exactly the project that was asked for', () => {
    const desired: Project = { ...project, title: 'x', tasks: [first, { ...second, id: 'tsk_new' }], milestones: [project.milestones[1]] };
    const current = recordsOf(project);
    expect(canonicalJson(projectOf(applied(current, projectChanges(recordsOf(desired), current))))).toBe(canonicalJson(desired));
  });
});
