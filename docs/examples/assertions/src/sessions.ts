/** A user who is logged in. */
export interface Session {
  readonly user: string;
  readonly since: number;
}

const open = new Map<string, Session>();

export function logIn(user: string): Session {
  const session = { user, since: Date.now() };
  open.set(user, session);
  return session;
}

export function logOut({ user }: Session): void {
  open.delete(user); // without this line the tests fail
}
