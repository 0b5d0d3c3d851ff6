import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadOptions, LoraAdapter, SavedStateOptions } from '../../contract/load.ts';
import { engineBuild } from '../../engine-build.ts';
import type { NativeSequence } from '../../native/sequence.ts';
import { commonPrefixLength } from '../../prompt/common-prefix.ts';
import { deleteOldestStates, stateFileEnding } from '../../saved-state-limit.ts';
import { openState, writeState } from './saved-state-file.ts';

/** Fewer tokens are evaluated anew about as fast as their state is read. */
const worthwhileTokens = 128;

/** A state larger than this part of the limit would push too many others out. */
const largestShare = 0.5;

/** What a process that is told to go may still write: about half a second on a slow disk. */
const atEndBytes = 256 * 2 ** 20;

/** The states of conversations on disk, for one loaded model. Calls come one at a time. */
export interface SavedStates {
	/**
	 * Puts the state of `key` into the sequence, where it has more of `tokens` than the sequence itself and `makeRoom` has
	 * room for so many more. Returns whether it did.
	 */
	restore(
		sequence: NativeSequence,
		key: string,
		tokens: readonly number[],
		makeRoom: (tokens: number) => boolean,
	): Promise<boolean>;
	/** Writes the sequence as the state of `key`, if it has changed since. `atEnd`: only what is quickly written. */
	save(sequence: NativeSequence, key: string, atEnd?: boolean): Promise<void>;
}

export function createSavedStates(
	{ folder, limitBytes }: SavedStateOptions,
	identity: () => string,
	log: (line: string) => void,
): SavedStates {
	/** What is on disk for a key, as far as this process knows. */
	const written = new Map<string, string>();
	const pathOf = (key: string): string => join(folder, `${key}.${identity().slice(0, 16)}${stateFileEnding}`);
	/** Tokens that tell one state of a key from another: they only grow, or change before their end. */
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
			// The least recently used go first.
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
 * Changes with the content of a file as good as surely, and costs nothing. Not its SHA-256: of a file that was just added
 * that is known only later, and what was saved before would not be found again.
 */
function markOf(path: string): string {
	const stats = statSync(path, { throwIfNoEntry: false });
	return `${path} ${stats?.size} ${stats?.mtimeMs}`;
}

/**
 * What a KV state depends on besides its tokens: hex SHA-256. A state of another identity must not be put back: llama.cpp
 * would take it, and the answers would be wrong.
 */
export function stateIdentity(
	path: string,
	options: LoadOptions,
	adapters: readonly LoraAdapter[],
	gpuLayers = 0,
): string {
	const { keyType = 'F16', valueType = 'F16', flashAttention = 'auto', rope = {} } = options;
	const parts = {
		engineBuild,
		weights: markOf(path),
		keyType,
		valueType,
		flashAttention,
		// Layers elsewhere round differently.
		...(gpuLayers === 0 ? {} : { gpuLayers }),
		rope: [rope.frequencyBase ?? 0, rope.frequencyScale ?? 0],
		adapters: adapters.filter(({ scale }) => scale !== 0).map(({ path, scale }) => [markOf(path), scale]),
	};
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
