import { BrainCircuit, Undo2 } from 'lucide-react';
import type { Fact } from '../../electron/contract/memory/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';

/** Where facts are listed. */
export const factsRoute = { section: 'settings', part: 'facts' } as const;

/** Shows a fact in the list. */
export function openFact({ layout, memory }: Services, { text }: Pick<Fact, 'text'>): void {
	memory.seek(text);
	layout.go(factsRoute);
}

/** Accepts a proposal, with another text if it was edited; offers to undo it. */
export async function acceptFact(services: Services, fact: Fact, text = fact.text): Promise<void> {
	const { memory } = services.connection.client;
	await runOrToast(services, async () => {
		if (text !== fact.text) await memory.edit({ id: fact.id, text });
		await memory.accept({ ids: [fact.id] });
		services.toasts.show({
			text: t('Remembered: “{text}”', { text }),
			icon: BrainCircuit,
			action: { label: t('Undo'), run: () => void runOrToast(services, () => memory.unaccept({ ids: [fact.id] })) },
		});
	});
}

/** Dismisses a proposal; offers to undo it. */
export async function dismissFact(services: Services, fact: Fact): Promise<void> {
	const { memory } = services.connection.client;
	await runOrToast(services, async () => {
		await memory.reject({ ids: [fact.id] });
		services.toasts.show({
			text: t('Dismissed: it is not proposed again'),
			icon: BrainCircuit,
			action: { label: t('Undo'), run: () => void runOrToast(services, () => memory.restore({ ids: [fact.id] })) },
		});
	});
}

/** Moves a fact to the trash with the earlier ones that it replaced; offers to undo it. */
export async function forgetFact(services: Services, fact: Fact): Promise<void> {
	const { memory } = services.connection.client;
	await runOrToast(services, async () => {
		const { ids } = await memory.forget({ ids: [fact.id] });
		services.toasts.show({
			text: t('Forgotten: “{text}”', { text: fact.text }),
			icon: Undo2,
			action: { label: t('Undo'), run: () => void runOrToast(services, () => memory.restore({ ids })) },
		});
	});
}
