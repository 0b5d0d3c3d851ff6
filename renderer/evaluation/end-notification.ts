import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Run } from '../../electron/contract/evaluation/schema.ts';
import { formatCount } from '../design/format.ts';
import { t } from '../messages/t.ts';

/** The browser's notification API, as far as this file uses it. */
type NotificationApi = Pick<typeof Notification, 'permission' | 'requestPermission'> &
	(new (
		title: string,
		options: NotificationOptions,
	) => Pick<Notification, 'onclick' | 'close'>);

export interface EndNotification {
	/** Whether a notification appears at the end of a run; 'possible': after the user grants permission. */
	readonly state: StoreApi<{ readonly notice: 'none' | 'possible' | 'on' }>;
	/** Asks for the browser's permission; call it only after a click on text that explains it. */
	ask(): Promise<void>;
	/** Shows the notification if nobody is looking at the page. */
	tell(run: Pick<Run, 'id' | 'name' | 'status' | 'progress' | 'failure'>, show: () => void): void;
}

/**
 * Creates the system notification at the end of a run, for a page in a browser; in the window, the main process shows
 * one. `api` is undefined if the browser has none.
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
			const { done, errors } = progress;
			const answers =
				errors === 0
					? t('{done, plural, one {# answer} other {# answers}}', { done })
					: t('{done, plural, one {# answer} other {# answers}}, {errors} failed', {
							done,
							errors: formatCount(errors),
						});
			const shown = new api(status === 'done' ? t('{name} is done', { name }) : t('{name} stopped', { name }), {
				body: failure?.message ?? answers,
				// Several tabs share one notification.
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
