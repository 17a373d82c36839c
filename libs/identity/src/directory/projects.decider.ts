import { accept, refuse, unreachable, type Decision } from '#kernel';
import type { IdentityRefusal } from '../contracts.js';
import type { IdentityEvent, ProjectChanged, ProjectCreated } from './identity.events.js';
import type { IdentityState } from './identity.state.js';

export type ProjectCommand =
  | { readonly kind: 'create-project'; readonly project: ProjectCreated['data'] }
  | { readonly kind: 'change-project'; readonly change: ProjectChanged['data'] }
  | { readonly kind: 'delete-project'; readonly id: string; readonly deletedAt: number };

type ProjectDecision = Decision<IdentityEvent, IdentityRefusal>;

export function decideOnProject(command: ProjectCommand, state: Readonly<IdentityState>): ProjectDecision {
  switch (command.kind) {
    case 'create-project': {
      const { project } = command;
      if (state.projectIdsByName.has(project.name) || state.projects.has(project.id))
        return refuse('project-name-taken', { name: project.name });
      return accept({ type: 'ProjectCreated', data: project });
    }
    case 'change-project':
      return changeProject(command.change, state);
    case 'delete-project': {
      const { id, deletedAt } = command;
      return state.projects.has(id)
        ? accept({ type: 'ProjectDeleted', data: { id, deletedAt } })
        : refuse('project-unknown', { id });
    }
    default:
      return unreachable(command);
  }
}

function changeProject(change: ProjectChanged['data'], state: Readonly<IdentityState>): ProjectDecision {
  const project = state.projects.get(change.id);
  if (project === undefined) return refuse('project-unknown', { id: change.id });
  if (change.name !== undefined && (state.projectIdsByName.get(change.name) ?? project.id) !== project.id)
    return refuse('project-name-taken', { name: change.name });
  const { id, changedAt, ...fields } = change;
  const differing = Object.entries(fields).filter(([key, value]) => project[key as keyof typeof fields] !== value);
  if (differing.length === 0) return accept();
  return accept({ type: 'ProjectChanged', data: { id, ...Object.fromEntries(differing), changedAt } });
}
