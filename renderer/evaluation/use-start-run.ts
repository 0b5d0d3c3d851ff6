import { type KeyboardEvent, useState } from 'react';
import type { Run } from '../../electron/contract/evaluation/run.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { toFailure } from '../connection/failure.ts';
import { useServices } from '../services.ts';
import { openRun } from './run-actions.ts';

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
