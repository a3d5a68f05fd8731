import { EngineError, type EngineFailure } from '../../shared/contract/failure.ts';

/** Any thrown thing as a failure: catalogue errors keep their code, everything else is `ENGINE_FAILED` with its text. */
export function toFailure(error: unknown): EngineFailure {
  if (error instanceof EngineError) return error.toFailure();
  if (!(error instanceof Error)) return { code: 'ENGINE_FAILED', message: String(error) };
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && code.startsWith('BUNDLE_')) return { code, message: error.message };
  if (code === 'ENOENT') return { code: 'FILE_NOT_FOUND', message: 'There is no such file.', remedy: 'Was it moved or renamed?' };
  if (code === 'EACCES' || code === 'EPERM') return { code: 'FILE_NOT_READABLE', message: 'The file cannot be read: permission denied.' };
  return { code: 'ENGINE_FAILED', message: error.message };
}
