import { FlaskConical, Trash2 } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import type { EvaluationExport } from '../../electron/contract/evaluation/calls.ts';
import type { Run, RunSummary } from '../../electron/contract/evaluation/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { LayoutStore } from '../app/layout-store.ts';
import { toFailure } from '../connection/failure.ts';
import { saveText } from '../connection/save-file.ts';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';
import { formatEvaluateRoute, type NewRunStart, parseEvaluateRoute } from './evaluate-route.ts';

/** Moves a run to the trash at once and offers to undo. */
export async function deleteRun({ evaluations, layout, toasts }: Services, id: number): Promise<void> {
	if (!(await evaluations.remove(id))) return;
	const { route } = layout.state.getState();
	const shown =
		route.section === 'evaluate' && parseEvaluateRoute(route.part).kind === 'run' && route.part === String(id);
	if (shown) layout.go({ section: 'evaluate', part: null });
	toasts.show({
		text: t('Run deleted'),
		icon: Trash2,
		action: {
			label: t('Undo'),
			run() {
				void evaluations.restore(id);
				if (shown) openRun({ layout }, id);
			},
		},
	});
}

export function openRun({ layout }: Pick<Services, 'layout'>, id: number): void {
	layout.go({ section: 'evaluate', part: formatEvaluateRoute({ kind: 'run', id }) });
}

/** Announces a run that ended by itself, on any screen. */
export function announceRunEnd({ layout, toasts }: Pick<Services, 'layout' | 'toasts'>, run: Run): void {
	const show = { label: t('Show'), run: () => openRun({ layout }, run.id) };
	if (run.status === 'failed') {
		const { name, failure } = run;
		toasts.fail(
			failure === null
				? t('{name} stopped: unknown cause', { name })
				: t('{name} stopped: {message}', { name, message: failure.message }),
		);
		return;
	}
	const { errors } = run.progress;
	const text =
		errors === 0
			? t('{name} is done.', { name: run.name })
			: t('{name} is done, {errors} of {total} failed.', { name: run.name, errors, total: run.progress.total });
	const toast = { text, action: show, everywhere: true };
	if (errors > 0) toasts.note(toast);
	else toasts.show({ ...toast, icon: FlaskConical });
}

/** Exports a run to a file. */
export async function exportRun(
	{ evaluations, toasts }: Services,
	id: number,
	format: EvaluationExport,
): Promise<void> {
	try {
		const { fileName, parts } = await evaluations.export(id, format);
		await saveText(fileName, parts);
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

/** Repeats a run as a new run. */
export async function rerun(services: Services, id: number): Promise<void> {
	const run = await services.evaluations.repeat(id);
	if (run !== null) openRun(services, run.id);
}

/** Ends a run with the rows so far; it can still be continued. */
export async function endRunEarly({ evaluations, toasts }: Services, { id, name }: RunSummary): Promise<void> {
	await evaluations.cancel(id);
	toasts.show({
		text: t('{name} ended early. Its results so far are kept.', { name }),
		action: { label: t('Resume'), run: () => void evaluations.resume(id) },
	});
}

/** Opens the form of a new run with initial choices: a prompt version, a dataset, a model. */
export function openNewRun({ layout }: { readonly layout: LayoutStore }, given: NewRunStart = {}): void {
	layout.go({ section: 'evaluate', part: formatEvaluateRoute({ kind: 'new', given }) });
}

/** Starts a run from a form, one at a time, by its button or Ctrl Enter, and opens it. `begin` null: nothing can start now. */
export function useStartRun(begin: (() => Promise<Run>) | null) {
	const services = useServices();
	const [starting, setStarting] = useState(false);
	const [refused, setRefused] = useState<FailureFacts | null>(null);
	async function start(): Promise<void> {
		if (begin === null || starting) return;
		setStarting(true);
		try {
			openRun(services, (await begin()).id);
		} catch (error) {
			setRefused(toFailure(error));
		} finally {
			setStarting(false);
		}
	}
	const press = useEffectEvent((event: KeyboardEvent) => {
		if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
		// Links outside the form and open dialogs have their own keys.
		const focused = document.activeElement;
		if (focused !== null && focused !== document.body && focused.closest('main') === null) return;
		event.preventDefault();
		void start();
	});
	// On the window, because the focus is on the whole screen, or on nothing, before a field is chosen.
	useEffect(() => {
		const listen = (event: KeyboardEvent) => press(event);
		addEventListener('keydown', listen);
		return () => removeEventListener('keydown', listen);
	}, []);
	return { starting, refused, forgetRefusal: () => setRefused(null), start };
}
