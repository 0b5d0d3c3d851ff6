import { Library } from 'lucide-react';
import type { DocumentChoice } from '../../../electron/contract/conversation/ledger.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { useAnswerSettings } from '../use-answer-settings.ts';
import { choiceKey, type DocumentOption } from './document-options.ts';

export interface DocumentChoices {
	readonly chosen: readonly DocumentChoice[];
	add(option: DocumentOption): void;
	/** Offers to undo it. */
	remove(choice: DocumentChoice, name: string): void;
}

/** What the conversation on the screen may use, and how to change it. */
export function useDocumentChoices(): DocumentChoices {
	const services = useServices();
	const { thread, toasts } = services;
	const { options } = useAnswerSettings();
	const chosen = options.documents ?? [];
	const set = (documents: readonly DocumentChoice[]): Promise<void> =>
		runOrToast(services, () => thread.setDocuments(documents, options));
	return {
		chosen,
		add({ choice }) {
			if (chosen.some((one) => choiceKey(one) === choiceKey(choice))) return;
			void set([...chosen, choice]);
		},
		remove(choice, name) {
			void set(chosen.filter((one) => choiceKey(one) !== choiceKey(choice)));
			toasts.show({
				text: t('“{name}” is no longer used in this conversation', { name }),
				icon: Library,
				action: { label: t('Undo'), run: () => void set(chosen) },
			});
			document.querySelector<HTMLElement>('[data-composer]')?.focus();
		},
	};
}
