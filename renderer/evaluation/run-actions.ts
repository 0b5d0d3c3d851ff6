import { FlaskConical, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import type { EvaluationExport } from '../../electron/contract/evaluation/calls.ts';
import type { Run, RunSummary } from '../../electron/contract/evaluation/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { LayoutStore } from '../app/layout-store.ts';
import { toFailure } from '../connection/failure.ts';
import { saveText } from '../connection/save-text.ts';
import { type Services, useServices } from '../services.ts';
import { formatEvaluateRoute, type NewRunStart, parseEvaluateRoute } from './evaluate-route.ts';

/** Into the trash at once, with a way back. */
export async function deleteRun({ evaluations, layout, toasts }: Services, id: number): Promise<void> {
	if (!(await evaluations.remove(id))) return;
	const { route } = layout.state.getState();
	const shown =
		route.section === 'evaluate' && parseEvaluateRoute(route.part).kind === 'run' && route.part === String(id);
	if (shown) layout.go({ section: 'evaluate', part: null });
	toasts.show({
		text: 'Run deleted',
		icon: Trash2,
		action: {
			label: 'Undo',
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

/** A run that came to an end by itself says so, wherever one is. */
export function announceRunEnd({ layout, toasts }: Pick<Services, 'layout' | 'toasts'>, run: Run): void {
	const show = { label: 'Show', run: () => openRun({ layout }, run.id) };
	if (run.status === 'failed') {
		toasts.fail(`${run.name} stopped: ${run.failure?.message ?? 'nothing is known of why'}`);
		return;
	}
	const { errors } = run.progress;
	const failed = errors === 0 ? '' : `, ${errors} of ${run.progress.total} failed`;
	toasts.show({ text: `${run.name} is finished${failed}.`, icon: FlaskConical, action: show });
}

/** Everything of a run as a file. */
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

/** The same again, as a run of its own. */
export async function rerun(services: Services, id: number): Promise<void> {
	const run = await services.evaluations.repeat(id);
	if (run !== null) openRun(services, run.id);
}

/** Ends a run with what it has; it can still be gone on with. */
export async function endRunEarly({ evaluations, toasts }: Services, { id, name }: RunSummary): Promise<void> {
	await evaluations.cancel(id);
	toasts.show({
		text: `${name} ended early. What was measured is kept.`,
		action: { label: 'Go on', run: () => void evaluations.resume(id) },
	});
}

/** Opens the form of a new run with what one came from already chosen: a prompt version, a dataset, a model. */
export function openNewRun({ layout }: { readonly layout: LayoutStore }, given: NewRunStart = {}): void {
	layout.go({ section: 'evaluate', part: formatEvaluateRoute({ kind: 'new', given }) });
}

/** Begins a run from a form, once at a time, and goes to it. `begin` null: nothing can begin now. */
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
	/** Ctrl Enter anywhere in the form. */
	function press(event: KeyboardEvent): void {
		if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
		event.preventDefault();
		void start();
	}
	return { starting, refused, forgetRefusal: () => setRefused(null), start, press };
}
