import { runCommand, type Finished } from './run-command.js';

/** Debian's, not others that happen to come first on the PATH. */
export type Executable = '/usr/bin/openstack' | '/usr/bin/blazar';

/** The unmodified `openstack` command (or `blazar`), in an environment that holds nothing but what is said here. */
export class OpenStackClient {
  constructor(
    private readonly home: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly executable: Executable = '/usr/bin/openstack',
  ) {}

  /** With a password, scoped to a project. `url` is the server's, without a path. */
  static withPassword(home: string, url: string, user: string, password: string, project = user): OpenStackClient {
    return new OpenStackClient(home, {
      // `blazar` does not take it for granted.
      OS_AUTH_TYPE: 'password',
      OS_AUTH_URL: `${url}/identity/v3`,
      OS_IDENTITY_API_VERSION: '3',
      OS_USERNAME: user,
      OS_PASSWORD: password,
      OS_PROJECT_NAME: project,
      OS_USER_DOMAIN_NAME: 'Default',
      OS_PROJECT_DOMAIN_NAME: 'Default',
    });
  }

  with(environment: Readonly<Record<string, string>>): OpenStackClient {
    return new OpenStackClient(this.home, { ...this.environment, ...environment }, this.executable);
  }

  at(computeApiVersion: string): OpenStackClient {
    return this.with({ OS_COMPUTE_API_VERSION: computeApiVersion });
  }

  by(executable: Executable): OpenStackClient {
    return new OpenStackClient(this.home, this.environment, executable);
  }

  run(...args: readonly string[]): Promise<Finished> {
    return runCommand(this.executable, args, {
      environment: { PATH: '/usr/bin:/bin', HOME: this.home, ...this.environment },
      cwd: this.home,
    });
  }

  /** What a command that succeeds prints. */
  async text(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`${this.executable} ${args.join(' ')}: ${String(code)}\n${stdout}${stderr}`);
    return stdout;
  }

  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.text(...args, '-f', 'json')) as T;
  }

  /** What a command that fails says. */
  async fault(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code === 0) throw new Error(`${this.executable} ${args.join(' ')} succeeded: ${stdout}`);
    return stderr;
  }
}
