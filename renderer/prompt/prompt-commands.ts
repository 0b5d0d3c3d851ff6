import { FlaskConical, Plus, ScrollText } from 'lucide-react';
import type { Command } from '../app/command.ts';
import { openNewRun } from '../evaluation/run-actions.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';

/** Command that makes a prompt. */
export function listNewPromptCommands({ layout }: Services): Command[] {
	return [
		{
			id: 'new-prompt',
			label: t('New prompt'),
			synonyms: t('create write template system variables'),
			icon: Plus,
			run() {
				layout.go({ section: 'prompts', promptId: null });
				layout.set({ asked: { what: 'new-prompt' } });
			},
		},
	];
}

/** Lists what can be done with each prompt. */
export function listPromptCommands(services: Services): Command[] {
	return services.prompts.state.getState().prompts.flatMap(({ id, name, latest }): Command[] => [
		{
			id: `prompt-${id}`,
			label: name,
			synonyms: t('open show edit prompt template'),
			icon: ScrollText,
			run: () => services.layout.go({ section: 'prompts', promptId: id }),
		},
		{
			id: `evaluate-prompt-${id}`,
			label: t('Evaluate {name}', { name }),
			synonyms: t('prompt run test score'),
			icon: FlaskConical,
			run: () => openNewRun(services, { promptVersionId: latest.id }),
		},
	]);
}
