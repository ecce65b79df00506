import type { AppError } from '../bindings/AppError';

/** What was thrown, as an `AppError`: a host rejects with one, everything else is our own mistake and says so. */
export function toAppError(thrown: unknown): AppError {
  if (isAppError(thrown)) return thrown;
  const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return {
    code: 'internal',
    message: 'Boardwalk made a mistake of its own.',
    help: 'Try again; if it happens again, report it with the details below.',
    detail,
  };
}

function isAppError(value: unknown): value is AppError {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Record<string, unknown>;
  return ['code', 'message', 'help', 'detail'].every((key) => typeof record[key] === 'string');
}
