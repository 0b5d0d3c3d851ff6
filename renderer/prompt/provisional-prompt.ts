import { toFailure } from '../connection/failure.ts';
import { listPromptVersionIds, parseEvaluateRoute } from '../evaluation/evaluate-route.ts';
import type { Services } from '../services.ts';

type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Where the tab keeps the prompt that was created for the form of a new run, so that a reload does not forget it. */
const key = 'assay.prompt.provisional';

interface Provisional {
	readonly promptId: number;
	readonly versionId: number;
}

/** Remembers a prompt that was created only to evaluate it. */
export function rememberProvisional(storage: TabStorage, prompt: Provisional): void {
	storage.setItem(key, JSON.stringify(prompt));
}

/**
 * Deletes a prompt that was created for the form of a new run when the form is left without a run, so that opening and
 * closing it leaves nothing behind. A prompt that a run uses, or that the user goes to, stays.
 */
export function followProvisional({ layout, prompts, toasts }: Services, storage: TabStorage): void {
	layout.state.subscribe(({ route }, before) => {
		if (route === before.route) return;
		const provisional = read(storage);
		if (provisional === null) return;
		if (route.section === 'evaluate') {
			const place = parseEvaluateRoute(route.part);
			if (place.kind === 'new' && listPromptVersionIds(place.given).includes(provisional.versionId)) return;
		}
		storage.removeItem(key);
		if (route.section === 'prompts') return;
		prompts.discard(provisional.promptId).catch((error: unknown) => toasts.fail(toFailure(error).message));
	});
}

function read(storage: TabStorage): Provisional | null {
	try {
		return JSON.parse(storage.getItem(key) ?? 'null') as Provisional | null;
	} catch {
		return null;
	}
}
