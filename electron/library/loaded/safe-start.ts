import { Failure } from '../../../models/contract/failure.ts';
import { said, sentences, wordsIn } from '../../../models/contract/said.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import type { LibrarySeam } from '../model-service.ts';
import { forgetModelSetting, readModelSetting, writeModelSetting } from '../store/model-settings.ts';

/** Failures of a load that took the process down: another try may do so again, or take down the whole computer. */
const crashCodes: ReadonlySet<string> = new Set(['worker-crashed-loading', 'worker-killed-loading', 'worker-hung']);

/** A load that crashed is not retried automatically, even if Assay or the computer went down with it. */
export interface SafeStart {
	/** Throws Failure `load-crashed-before`; the user has to ask for the next try. */
	check(file: ModelFile): void;
	/** Like `check`, without throwing. */
	refusal(modelFileId: number): Failure | null;
	/** Recorded on disk before the process starts, so that it is known whatever happens. */
	began(modelFileId: number): void;
	/** The load ended in order: loaded (null), refused with a reason, or cancelled. */
	ended(modelFileId: number, error: unknown): void;
	/** The user wants another try. */
	forgive(modelFileId: number): void;
}

export function createSafeStart({ database, clock }: Pick<LibrarySeam, 'database' | 'clock'>): SafeStart {
	/** Loads running in this process, which are not past attempts. */
	const running = new Set<number>();

	const forgive = (id: number): void => forgetModelSetting(database, id, 'load-attempt');

	const refusal = (id: number): Failure | null => {
		const attempt = running.has(id) ? null : readModelSetting(database, id, 'load-attempt');
		if (attempt === null) return null;
		const when = new Date(attempt.at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
		return new Failure({
			code: 'load-crashed-before',
			message:
				attempt.failure === null
					? said`Assay ended while it loaded this model (${when}), so it does not load it again automatically.`
					: sentences(
							said`Loading this model crashed (${when}), so Assay does not load it again automatically.`,
							wordsIn(attempt.failure, attempt.failure.message),
						),
			next: [
				said`Load it again once the cause is fixed (in a terminal: assay models try)`,
				said`Load it with safe settings: a small context and default options`,
				said`Choose another model`,
			],
			...(attempt.failure?.detail === undefined ? {} : { detail: attempt.failure.detail }),
		});
	};

	return {
		refusal,
		check({ id }) {
			const failure = refusal(id);
			if (failure !== null) throw failure;
		},
		began(id) {
			running.add(id);
			writeModelSetting(database, id, 'load-attempt', { at: clock(), failure: null }, clock());
		},
		ended(id, error) {
			running.delete(id);
			if (!(error instanceof Failure) || !crashCodes.has(error.code)) return forgive(id);
			writeModelSetting(database, id, 'load-attempt', { at: clock(), failure: error.facts() }, clock());
		},
		forgive,
	};
}
