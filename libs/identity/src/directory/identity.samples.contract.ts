import type {
  ApplicationCredentialCreated,
  IdentityEvent,
  ProjectCreated,
  RoleCreated,
  UserCreated,
} from './identity.events.js';

/** What the specs of this folder are given. */
export const at = Date.UTC(2026, 2, 2, 8);
export const mira = 'user-mira';
export const lab = 'project-lab';
export const [admin, member, reader, infra] = ['admin', 'member', 'reader', 'InfrastructureManager'].map((name) => ({
  id: `role-${name}`,
  name,
})) as [Role, Role, Role, Role];
export interface Role {
  readonly id: string;
  readonly name: string;
}

export const sample = {
  roleCreated: (role: Role): RoleCreated => ({
    type: 'RoleCreated',
    data: { ...role, description: '', createdAt: at },
  }),
  projectCreated: (more: Partial<ProjectCreated['data']> = {}): ProjectCreated => ({
    type: 'ProjectCreated',
    data: { id: lab, name: 'lab', description: '', enabled: true, createdAt: at, ...more },
  }),
  userCreated: (more: Partial<UserCreated['data']> = {}): UserCreated => ({
    type: 'UserCreated',
    data: {
      id: mira,
      nameDigest: 'digest',
      sealedName: 'k.name',
      sealedEmail: null,
      sealedDescription: null,
      sealedPassword: 'k.hash',
      passwordSource: 'administrator',
      defaultProjectId: lab,
      enabled: true,
      createdAt: at,
      ...more,
    },
  }),
};

export const credential = (
  more: Partial<ApplicationCredentialCreated['data']> = {},
): ApplicationCredentialCreated['data'] => ({
  id: 'credential',
  userId: mira,
  projectId: lab,
  name: 'ci',
  sealedDescription: null,
  sealedSecret: 'k.secret',
  roleIds: [member.id],
  expiresAt: at + 1,
  unrestricted: false,
  accessRules: null,
  createdAt: at,
  ...more,
});

const roles = [
  sample.roleCreated(admin),
  sample.roleCreated(member),
  sample.roleCreated(reader),
  sample.roleCreated(infra),
];
export const world: readonly IdentityEvent[] = [...roles, sample.projectCreated(), sample.userCreated()];
export const grant = { userId: mira, projectId: lab, roleId: member.id };
export const granted: IdentityEvent = { type: 'RoleGranted', data: { ...grant, grantedAt: at } };
export const working = [...world, granted];
export const withCredential: readonly IdentityEvent[] = [
  ...working,
  { type: 'ApplicationCredentialCreated', data: credential() },
];
export const user = sample.userCreated().data;
export const project = sample.projectCreated().data;
export const revoked = { auditId: 'a', chain: false, userId: mira, expiresAt: at + 10, revokedAt: at };
