import type { RecordingManifest } from '../archive/recording-manifest.ts';
import type { RetentionConfig } from '../config-retention.ts';
import { addDuration } from '../duration.ts';
import { classify, formatKeep, type RetentionClass, retainUntil } from './retention-rules.ts';

/** A recording in the store: its newest manifest, and all that would have to go with it. */
export type StoredRecording = {
  readonly manifest: RecordingManifest;
  /** Names of its manifests, oldest revision first. */
  readonly manifests: readonly string[];
  /** Objects of all its revisions that no other recording uses, in the order in which they must go: salts first. */
  readonly objects: readonly { readonly name: string; readonly bytes: number }[];
  /** The latest lock on any of them. */
  readonly lockedUntil: Date | undefined;
  /** Somebody set the store's own legal hold. */
  readonly isLegallyHeld: boolean;
};

export type PlannedDeletion = {
  readonly sessionId: string;
  readonly number: number;
  readonly name: string;
  readonly closedAt: string;
  readonly rule: string;
  readonly keep: string;
  /** When retention ends; deletion comes later where the store has it locked, or `deleteAfter` says so. */
  readonly expiresAt: string;
  readonly deleteAt: string;
  readonly objects: number;
  readonly bytes: number;
  /** Names of the holds that keep it. */
  readonly heldBy: readonly string[];
};

export type Plan = {
  readonly at: string;
  /** In the order of their end. */
  readonly deletions: readonly PlannedDeletion[];
  /** Would be deleted if no hold kept them. */
  readonly held: readonly PlannedDeletion[];
  readonly kept: number;
};

export type PlanInput = {
  readonly recordings: readonly StoredRecording[];
  readonly config: RetentionConfig | undefined;
  readonly at: Date;
  readonly holdsOf: (recording: StoredRecording) => readonly string[];
};

/** What a sweep at a moment would delete, and what only a hold would keep from it. */
export function planDeletions({ recordings, config, at, holdsOf }: PlanInput): Plan {
  const due = recordings.flatMap((recording) => {
    const planned = toDeletion(recording, config, holdsOf(recording));
    return planned !== undefined && Date.parse(planned.deleteAt) <= at.getTime() ? [planned] : [];
  });
  const sorted = due.sort((a, b) => a.deleteAt.localeCompare(b.deleteAt) || a.number - b.number);
  const deletions = sorted.filter((each) => each.heldBy.length === 0);
  const held = sorted.filter((each) => each.heldBy.length > 0);
  return { at: at.toISOString(), deletions, held, kept: recordings.length - deletions.length };
}

/** `undefined`: kept for ever. Judged by the rules of today, and never before what is locked. */
function toDeletion(
  recording: StoredRecording,
  config: RetentionConfig | undefined,
  heldBy: readonly string[],
): PlannedDeletion | undefined {
  const { manifest, objects, lockedUntil } = recording;
  const found = classOf(manifest, config);
  const expires = retainUntil(found, new Date(manifest.closedAt));
  if (config === undefined || expires === undefined) return undefined;
  const free = addDuration(expires, config.deleteAfter);
  const deleteAt = lockedUntil !== undefined && lockedUntil > free ? lockedUntil : free;
  return {
    sessionId: manifest.sessionId,
    number: manifest.number,
    name: manifest.name,
    closedAt: manifest.closedAt,
    rule: found.rule,
    keep: formatKeep(found.keep),
    expiresAt: expires.toISOString(),
    deleteAt: deleteAt.toISOString(),
    objects: objects.length + recording.manifests.length,
    bytes: objects.reduce((sum, each) => sum + each.bytes, 0),
    heldBy: recording.isLegallyHeld && heldBy.length === 0 ? ['(legal hold of the store)'] : heldBy,
  };
}

export const classOf = ({ connections, groups, closedAt }: RecordingManifest, config: RetentionConfig | undefined): RetentionClass =>
  classify(config, { connections, groups }, new Date(closedAt));
