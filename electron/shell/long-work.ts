import { Notification, powerSaveBlocker } from 'electron';
import type { Application } from '../application/application.ts';
import type { AppWindow } from './window.ts';

/**
 * Keeps the computer awake while a run is measured; the screen may go dark. If the window is not in view at the end, a
 * notification says so and leads back.
 */
export function followLongWork(
	{ client, events }: Pick<Application, 'client' | 'events'>,
	window: Pick<AppWindow, 'current' | 'show'>,
	log: (line: string) => void,
): void {
	const running = new Set<number>();
	let blocker: number | null = null;

	function keepAwake(): void {
		if (running.size > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension');
		else if (blocker !== null) {
			powerSaveBlocker.stop(blocker);
			blocker = null;
		}
	}

	async function tell(id: number): Promise<void> {
		const { name, status, progress, failure } = await client.evaluations.get({ id });
		const failed = progress.errors === 0 ? '' : `, ${progress.errors} failed`;
		const body = failure?.message ?? `${progress.done.toLocaleString('en')} answers${failed}`;
		const title = status === 'done' ? `${name} finished` : `${name} stopped`;
		const notification = new Notification({ title, body });
		notification.on('click', window.show);
		notification.show();
	}

	events.subscribe((event) => {
		if (event.type !== 'evaluation-changed' || event.change !== 'status') return;
		const { runId, status } = event;
		if (status === 'running') running.add(runId);
		else if (running.delete(runId) && (status === 'done' || status === 'failed')) {
			const seen = window.current()?.isFocused() ?? false;
			if (!seen && Notification.isSupported()) {
				tell(runId).catch((error: unknown) => log(`notification: ${String(error)}`));
			}
		}
		keepAwake();
	});
}
