import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Run } from '../../electron/contract/evaluation/schema.ts';
import { formatCount } from '../design/format.ts';

/** What a browser gives a page for it. */
type NotificationApi = Pick<typeof Notification, 'permission' | 'requestPermission'> &
	(new (
		title: string,
		options: NotificationOptions,
	) => Pick<Notification, 'onclick' | 'close'>);

export interface EndNotification {
	/** Whether a notification comes at the end of a run; 'possible': once the person has said yes. */
	readonly state: StoreApi<{ readonly notice: 'none' | 'possible' | 'on' }>;
	/** Asks the person, by the browser; only after a click on what says so. */
	ask(): Promise<void>;
	/** Shows it where nobody looks at the page. */
	tell(run: Pick<Run, 'id' | 'name' | 'status' | 'progress' | 'failure'>, show: () => void): void;
}

/**
 * The system's notification at the end of a run, for a page in a browser; in the window the program itself shows one.
 * `api` is undefined where there is none.
 */
export function createEndNotification(
	api: NotificationApi | undefined,
	isSeen: () => boolean = () => !document.hidden && document.hasFocus(),
): EndNotification {
	const now = () => {
		if (api === undefined || api.permission === 'denied') return 'none';
		return api.permission === 'granted' ? 'on' : 'possible';
	};
	const state = createStore<{ notice: 'none' | 'possible' | 'on' }>(() => ({ notice: now() }));
	return {
		state,
		async ask() {
			await api?.requestPermission();
			state.setState({ notice: now() });
		},
		tell({ id, name, status, progress, failure }, show) {
			if (api === undefined || now() !== 'on' || isSeen()) return;
			const failed = progress.errors === 0 ? '' : `, ${formatCount(progress.errors)} failed`;
			const shown = new api(status === 'done' ? `${name} is done` : `${name} stopped`, {
				body: failure?.message ?? `${formatCount(progress.done)} answers${failed}`,
				// Several tabs show one together.
				tag: `assay-run-${id}`,
			});
			shown.onclick = () => {
				window.focus();
				shown.close();
				show();
			};
		},
	};
}
