import { useState } from 'react';
import { useStore } from 'zustand';
import type { keepBodiesOptions } from '../../electron/contract/server/request-log.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { Button } from '../design/button.tsx';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { Dialog } from '../design/dialog.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

type KeepTexts = (typeof keepBodiesOptions)[number];

const words: Readonly<Record<KeepTexts, string>> = {
	off: t('Off'),
	day: t('24 hours'),
	always: t('Always'),
};

const meanings: Readonly<Record<KeepTexts, string>> = {
	off: t(
		'Only figures are stored, not the texts of requests and their answers. Texts kept earlier are deleted within a day.',
	),
	day: t(
		'For a day you can open a request, continue it in a chat and add it to a dataset. Then its texts are deleted.',
	),
	always: t('You can open requests, continue them in a chat and add them to datasets, until you delete their texts.'),
};

/** Says in plain words what keeping the texts of requests means now. */
export function useKeptTextsMeaning(): string {
	const { settings } = useServices();
	return meanings[useStore(settings.state, (state) => state.serverKeepBodies)];
}

/** Chooses how long the texts of requests are kept. */
export function KeepTextsMenu() {
	const { settings } = useServices();
	const value = useStore(settings.state, (state) => state.serverKeepBodies);
	return (
		// Positioned: the menu’s hidden label would otherwise lengthen the page in a box that scrolls.
		<span className="relative inline-flex">
			<ChoiceMenu
				label={t('Keep texts of requests')}
				value={value}
				options={(Object.keys(words) as KeepTexts[]).map((option) => ({ value: option, words: words[option] }))}
				onChange={(next) => settings.change({ serverKeepBodies: next as KeepTexts })}
			/>
		</span>
	);
}

/** Deletes every kept text after a question, since that can't be undone. */
export function DeleteTextsButton() {
	const services = useServices();
	const { connection, toasts, serverPage } = services;
	const [asking, setAsking] = useState(false);
	const close = () => setAsking(false);
	const remove = () => {
		close();
		void runOrToast(services, async () => {
			const { deleted } = await connection.client.server.deleteBodies({ ids: null });
			if (deleted === 0) return toasts.note({ text: t('No texts of requests are kept') });
			toasts.show({
				text: t('Texts of {deleted, plural, one {# request} other {# requests}} deleted', { deleted }),
			});
			await serverPage.refresh();
		});
	};
	return (
		<>
			<Button kind="danger" onClick={() => setAsking(true)}>
				{t('Delete kept texts')}
			</Button>
			<Dialog
				open={asking}
				onClose={close}
				title={t('Delete the kept texts?')}
				text={t(
					'The texts of requests and their answers are deleted for good. The list of requests with its figures stays, as do conversations and datasets made from them.',
				)}
				actions={
					<>
						<Button onClick={close}>{t('Cancel')}</Button>
						<Button kind="danger-fill" onClick={remove}>
							{t('Delete kept texts')}
						</Button>
					</>
				}
			/>
		</>
	);
}
