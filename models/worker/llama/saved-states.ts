import { createHash } from 'node:crypto';
import { mkdir, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadOptions, SavedStateOptions } from '../../contract/load.ts';
import { engineBuild } from '../../engine-build.ts';
import { fileMark } from '../../file-mark.ts';
import type { NativeSequence } from '../../native/sequence.ts';
import { commonPrefixLength } from '../../prompt/common-prefix.ts';
import { deleteOldestStates, stateFileEnding } from '../../saved-state-limit.ts';
import type { AdapterSwitch } from './adapter-switch.ts';
import { openState, writeState } from './saved-state-file.ts';

/** Fewer tokens are evaluated about as fast as their state is read. */
const worthwhileTokens = 128;

/** A state larger than this fraction of the limit would push out too many others. */
const largestShare = 0.5;

/** The most bytes that a process may still write when asked to quit: about half a second on a slow disk. */
const atEndBytes = 256 * 2 ** 20;

/** Conversation states on disk, for one loaded model. One call at a time. */
export interface SavedStates {
	/**
	 * Restores the state of `key` into the sequence if it has more of `tokens` than the sequence itself and `makeRoom`
	 * finds room for the difference. Returns whether it did.
	 */
	restore(
		sequence: NativeSequence,
		key: string,
		tokens: readonly number[],
		makeRoom: (tokens: number) => boolean,
	): Promise<boolean>;
	/** Writes the sequence as the state of `key`, if it has changed. `atEnd`: only if it is quick to write. */
	save(sequence: NativeSequence, key: string, atEnd?: boolean): Promise<void>;
}

export function createSavedStates(
	{ folder, limitBytes }: SavedStateOptions,
	identity: () => string,
	log: (line: string) => void,
): SavedStates {
	/** The state on disk of each key, as known to this process. */
	const written = new Map<string, string>();
	const pathOf = (key: string): string => join(folder, `${key}.${identity().slice(0, 16)}${stateFileEnding}`);
	/**
	 * Distinguishes states of a key by their length and last tokens: sequences only grow, or change before their end.
	 */
	const markOf = (tokens: readonly number[]): string => `${identity()} ${tokens.length} ${tokens.slice(-16).join(' ')}`;

	return {
		async restore(sequence, key, tokens, makeRoom) {
			if (tokens.length < worthwhileTokens) return false;
			const have = commonPrefixLength(sequence.tokens, tokens);
			if (have >= tokens.length - worthwhileTokens) return false;
			const path = pathOf(key);
			const stored = await openState(path, identity());
			if (stored === null || stored.tokens.length >= sequence.context.contextSize) return false;
			if (commonPrefixLength(stored.tokens, tokens) < have + worthwhileTokens) return false;
			if (!makeRoom(stored.tokens.length - sequence.tokens.length)) return false;
			const state = await stored.read();
			if (state === null) {
				log(`the saved state ${path} is damaged and was deleted`);
				await unlink(path).catch(() => {});
				return false;
			}
			if (!sequence.restore(state, stored.tokens)) return false;
			written.set(key, markOf(stored.tokens));
			// The least recently used states are deleted first.
			const now = new Date();
			await utimes(path, now, now).catch(() => {});
			return true;
		},
		async save(sequence, key, atEnd = false) {
			const tokens = [...sequence.tokens];
			const mark = markOf(tokens);
			if (tokens.length < worthwhileTokens || written.get(key) === mark) return;
			const bytes = sequence.stateBytes();
			if (bytes > limitBytes * largestShare || (atEnd && bytes > atEndBytes)) return;
			try {
				await mkdir(folder, { recursive: true });
				await writeState(pathOf(key), identity(), tokens, sequence.save());
				written.set(key, mark);
				await deleteOldestStates(folder, limitBytes);
			} catch (error) {
				log(`the state of ${key} could not be saved: ${String(error)}`);
			}
		},
	};
}

/**
 * Returns the hex SHA-256 of what a KV state depends on besides its tokens. A state with another identity must not be
 * restored: llama.cpp would accept it, and answers would be wrong.
 */
export function stateIdentity(
	path: string,
	options: LoadOptions,
	adapters: AdapterSwitch['active'],
	gpuLayers = 0,
): string {
	const { keyType = 'F16', valueType = 'F16', flashAttention = 'auto', rope = {} } = options;
	const parts = {
		engineBuild,
		weights: fileMark(path),
		keyType,
		valueType,
		flashAttention,
		// Layers on a GPU round differently.
		...(gpuLayers === 0 ? {} : { gpuLayers }),
		rope: [rope.frequencyBase ?? 0, rope.frequencyScale ?? 0],
		adapters,
	};
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
