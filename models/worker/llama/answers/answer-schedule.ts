import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { PrepareRequest } from '../../../contract/generation.ts';
import { reportWorking } from '../../life-signs.ts';
import type { AnswerParts, NativeAnswer } from './answer-parts.ts';
import { createSlots, type Slots } from './sequence-slots.ts';
import { createSharedDecoder, type SlottedAnswer } from './shared-decoder.ts';
import { createSingleDecoder } from './single-decoder.ts';

/** Idle time after which a conversation is saved to disk, ms. */
const restMs = 1500;

/** Answers are computed for so long before something beside them has a turn, ms: it slows them, but never waits for all. */
const besideEveryMs = 1_000;

/**
 * Pause after the first text of an answer, ms. Where threads take every core, the processes that pass the text on would
 * have to wait for a core during the next decode, which is longer.
 */
const firstTextMs = 2;

/** Computes answers, several at once; all access to the context happens in its loop. */
export interface AnswerSchedule {
	/** Queues an answer; it is computed as soon as there is room, after earlier ones. */
	enter(answer: NativeAnswer): void;
	/** Runs `work` while no answer is computed; new answers wait. */
	between(work: (slots: Slots) => Promise<void>): Promise<void>;
	/**
	 * Runs `work`, which computes in a context of its own, between two decodes: at once while no answer is computed, else
	 * now and then.
	 */
	beside(work: () => Promise<void>): Promise<void>;
	/**
	 * Reads back the saved state of a conversation whose next prompt is expected; does nothing while answers are
	 * computed, or if it needs other adapters.
	 */
	prepare(request: Pick<PrepareRequest, 'cacheKey' | 'adapters'>, tokens: () => readonly number[]): void;
	/** Stops the running decode if it serves only answers that were stopped. */
	stopped(): void;
	/** Stops computing answers. */
	close(): void;
}

export function createAnswerSchedule(parts: AnswerParts): AnswerSchedule {
	const { context, tuner } = parts;
	const slots = createSlots(context, parts.states);
	const single = createSingleDecoder(parts);
	const shared = createSharedDecoder(parts, slots);
	let waiting: NativeAnswer[] = [];
	/** In order of arrival. */
	let active: SlottedAnswer[] = [];
	const errands: (() => Promise<void>)[] = [];
	const asides: (() => Promise<void>)[] = [];
	let lastAside = 0;
	let running = false;
	/** Nothing was computed since the context was last tidied. */
	let isSettled = true;
	/** The conversation prepared last, unless anything was computed since. */
	let prepared: string | null = null;
	let rest: NodeJS.Timeout | undefined;

	function leave({ answer, slot }: SlottedAnswer): void {
		slot.answer = null;
		if (answer.request.deterministic === true) context.setThreads(tuner.threads);
		answer.free();
	}

	/** Releases ended answers, whatever ended them. */
	function release(): void {
		for (const one of active) if (one.answer.ended) leave(one);
		active = active.filter(({ answer }) => !answer.ended);
		for (const answer of waiting) if (answer.ended) answer.free();
		waiting = waiting.filter(({ ended }) => !ended);
	}

	/**
	 * Returns whether others must end first: an answer that is deterministic shares the context with none, and all that
	 * share it have the same adapters.
	 */
	function mustWait({ request }: NativeAnswer): boolean {
		if (active.length === 0) return false;
		if (!parts.adapters.isActive(request.adapters)) return true;
		return request.deterministic === true || active.some(({ answer }) => answer.request.deterministic === true);
	}

	/** Prepares the context for an answer that must have the same bits every time. */
	async function beginAlone(answer: NativeAnswer): Promise<void> {
		await slots.save(true);
		slots.clear();
		// Tokens are put in the first cells again, in order: where they are decides the order in which attention sums.
		context.clear(false);
		context.setThreads(parts.fixedThreads);
		answer.recordAlone(parts.fixedThreads);
	}

	/** Puts the adapters of an answer on the weights. What is cached was computed with the previous ones. */
	async function switchAdapters({ adapters }: NativeAnswer['request']): Promise<void> {
		if (parts.adapters.isActive(adapters)) return;
		await slots.save(true);
		await parts.adapters.apply(adapters);
		slots.clear();
	}

	/** Seats answers that have room, in order of arrival; those whose beginning is just being read wait for it. */
	async function admit(): Promise<void> {
		/** The beginnings of their prompts are just being read, so nobody goes before them. */
		const beingRead = new Set<NativeAnswer>();
		const next = (): NativeAnswer | undefined => waiting.find((answer) => !beingRead.has(answer));
		// Others may arrive meanwhile.
		for (let answer = next(); answer !== undefined; answer = next()) {
			try {
				answer.begin();
				if (mustWait(answer)) break;
				if (!slots.hasRoomFor(answer)) break;
				if (slots.isReadingFor(answer)) {
					beingRead.add(answer);
					continue;
				}
				waiting = waiting.filter((one) => one !== answer);
				isSettled = false;
				prepared = null;
				await switchAdapters(answer.request);
				if (answer.request.deterministic === true) await beginAlone(answer);
				else if (active.length === 0) tuner.begin();
				const slot = await slots.assignSlot(answer);
				active.push({ answer, slot });
				answer.evaluated(slot.sequence.tokens.length);
			} catch (error) {
				answer.fail(error);
				if (answer.request.deterministic === true) context.setThreads(tuner.threads);
				waiting = waiting.filter((one) => one !== answer);
			}
		}
		for (const answer of waiting) if (!beingRead.has(answer)) answer.wait();
	}

	async function step(): Promise<void> {
		const silent = active.filter(({ answer }) => !answer.hasSentText);
		await decode();
		if (silent.some(({ answer }) => answer.hasSentText && !answer.ended) && tuner.threads >= availableParallelism()) {
			await delay(firstTextMs);
		}
	}

	async function decode(): Promise<void> {
		const [first] = active;
		if (first === undefined) return;
		if (slots.filled === 1) {
			await single.step(first.slot, first.answer);
			return;
		}
		single.interrupted();
		for (const { answer, slot } of await shared.step(active)) {
			slot.answer = null;
			waiting.unshift(answer);
			active = active.filter((one) => one.answer !== answer);
		}
	}

	/** Runs what is computed beside the answers if it is its turn. */
	async function stepAside(): Promise<void> {
		if (active.length > 0 && performance.now() - lastAside < besideEveryMs) return;
		const aside = asides.shift();
		if (aside === undefined) return;
		await reportWorking(aside);
		lastAside = performance.now();
	}

	async function run(): Promise<void> {
		if (running) return;
		running = true;
		clearTimeout(rest);
		try {
			for (;;) {
				release();
				const errand = active.length === 0 ? errands.shift() : undefined;
				if (errand !== undefined) {
					await reportWorking(errand);
					continue;
				}
				if (errands.length === 0 && waiting.length > 0) await reportWorking(admit);
				await stepAside();
				if (active.length > 0) await reportWorking(step);
				else if (waiting.length === 0 && errands.length === 0 && asides.length === 0) return;
			}
		} finally {
			running = false;
			if (!isSettled) rest = setTimeout(() => void between(settle), restMs).unref();
		}
	}

	async function settle(): Promise<void> {
		isSettled = true;
		await slots.save(false);
		slots.settle();
	}

	function between(work: (slots: Slots) => Promise<void>): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		errands.push(() => work(slots).then(resolve, reject));
		void run();
		return promise;
	}

	return {
		enter(answer) {
			waiting.push(answer);
			if (waiting.length + active.length > context.sequences || errands.length > 0) answer.wait();
			void run();
		},
		between,
		beside(work) {
			const { promise, resolve, reject } = Promise.withResolvers<void>();
			asides.push(() => work().then(resolve, reject));
			void run();
			return promise;
		},
		prepare({ cacheKey, adapters }, tokens) {
			if (parts.states === null || running || prepared === cacheKey) return;
			if (!parts.adapters.isActive(adapters)) return;
			prepared = cacheKey;
			// A prompt that can't be built is reported when its answer is requested.
			const read = async (): Promise<void> => await slots.prepare(cacheKey, tokens);
			between(read).catch(() => {});
		},
		stopped() {
			if (active.length > 0 && active.every(({ answer }) => answer.ended)) context.stop();
		},
		close() {
			clearTimeout(rest);
		},
	};
}
