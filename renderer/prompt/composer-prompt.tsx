import { ScrollText } from 'lucide-react';
import { useStore } from 'zustand';
import { runOrToast } from '../app/run-or-toast.ts';
import { describeTokens } from '../conversation/composer/context-wording.ts';
import { useAnswerSettings } from '../conversation/use-answer-settings.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { AppliedPromptChip } from './applied-prompt.tsx';

/** The prompt that is applied to each message of the conversation on the screen, above the message field. */
export function ComposerPrompt() {
	const services = useServices();
	const { thread, toasts, tokenCount } = services;
	const { options, prompt, systemPrompt } = useAnswerSettings();
	const tokens = useStore(tokenCount.state, ({ known }) =>
		// The system prompt is counted by itself: a prompt that adds nothing else costs nothing.
		known === null || known.prompt === undefined || known.prompt === 0
			? undefined
			: describeTokens(known.prompt, known.exact),
	);
	if (prompt === null) return null;
	const { name } = prompt;
	function remove(): void {
		void runOrToast(services, async () => {
			await thread.setPrompt(null, options);
			toasts.show({
				text: t('“{name}” is no longer applied in this conversation', { name }),
				icon: ScrollText,
				action: {
					label: t('Undo'),
					run: () => void runOrToast(services, () => thread.setPrompt(prompt, options)),
				},
			});
			document.querySelector<HTMLElement>('[data-composer]')?.focus();
		});
	}
	return (
		<div className="mb-2 px-2">
			<AppliedPromptChip prompt={prompt} systemPrompt={systemPrompt} tokens={tokens} onRemove={remove} />
		</div>
	);
}
