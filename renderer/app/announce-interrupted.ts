import type { Status } from '../../electron/contract/system/schema.ts';
import { openMessage } from '../conversation/actions.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';

/** Under this name, the tab remembers which interruption it has told of. */
const toldKey = 'interrupted-told';

/** Tells once in each tab what the last end of Assay interrupted. */
export function announceInterrupted(
	services: Pick<Services, 'toasts' | 'layout'>,
	interrupted: Status['interrupted'],
	tab?: Pick<Storage, 'getItem' | 'setItem'>,
): void {
	if (interrupted === null) return;
	const storage = tab ?? sessionStorage;
	if (storage.getItem(toldKey) === String(interrupted.at)) return;
	storage.setItem(toldKey, String(interrupted.at));
	const { answers, answer, runs } = interrupted;
	if (answers > 0) {
		services.toasts.note({
			text: t(
				'{count, plural, one {Assay closed while an answer was being written. Its text so far was kept.} other {Assay closed while # answers were being written. Their text so far was kept.}}',
				{ count: answers },
			),
			everywhere: true,
			...(answer === null ? {} : { onward: { label: t('Show answer'), run: () => openMessage(services, answer) } }),
		});
	}
	if (runs > 0) {
		services.toasts.note({
			text: t(
				'{count, plural, one {Assay closed during a run, which is now paused.} other {Assay closed during # runs, which are now paused.}}',
				{ count: runs },
			),
			everywhere: true,
		});
	}
}
