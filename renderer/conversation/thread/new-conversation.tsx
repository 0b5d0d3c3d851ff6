import { useStore } from 'zustand';
import { Logo } from '../../app/logo.tsx';
import { Scroller } from '../../design/scroll-area.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { ExamplePrompts } from '../../welcome/example-prompts.tsx';
import { useHasNoConversations } from '../list/use-has-no-conversations.ts';
import { useChosenModel } from '../use-chosen-model.ts';

/** The page before the first message: the answering model and three things to try. */
export function NewConversation() {
	const { thread } = useServices();
	const temporary = useStore(thread.state, ({ status }) => status === 'temporary');
	const { model } = useChosenModel();
	const first = useHasNoConversations();
	return (
		<Scroller label={t('New conversation')} className="flex min-h-0 flex-1 flex-col items-center px-6">
			<div className="my-auto w-full max-w-(--reading) py-6">
				<Logo size={36} />
				<h2 className="mt-4 text-xl font-semibold tracking-[-0.018em]">
					{temporary ? t('Temporary conversation') : first ? t('Your first conversation') : t('New conversation')}
				</h2>
				<p className="mt-1 max-w-130 text-md text-pretty text-ink-2">
					{model === undefined
						? t('Add a model to this computer to start chatting.')
						: !model.chat
							? t('{name} has no chat template yet. Choose one below, or write with the model on a page.', {
									name: model.name,
								})
							: temporary
								? t(
										'{name} answers. Nothing is written to disk: the conversation is gone when you leave it, unless you save it.',
										{ name: model.name },
									)
								: t('{name} answers on this computer, even offline. Your messages stay here.', { name: model.name })}
				</p>
				<h3 className="mt-6 mb-2 text-xs font-medium text-ink-3">{t('Try one of these')}</h3>
				<ExamplePrompts />
			</div>
		</Scroller>
	);
}
