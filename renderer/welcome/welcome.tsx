import { Box, FolderOpen, ShieldCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { runWithFocus } from '../app/focus-main.ts';
import { Logo } from '../app/logo.tsx';
import { Button } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { AddModelDialog } from '../library/add-model-dialog.tsx';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
import { useServices } from '../services.ts';
import { ExamplePrompts } from './example-prompts.tsx';
import { Loop } from './loop.tsx';
import { StarterModelOffer } from './starter-model-offer.tsx';
import { useWelcome } from './use-welcome.ts';

/** First run: one offer, one alternative, three things to try, and a record of network use. */
export function Welcome() {
	const { models, layout } = useServices();
	const starter = useStore(models.state, ({ catalogue }) => catalogue[0]);
	const ready = useWelcome() === 'ready';
	const [adding, setAdding] = useState(false);
	// The next screen takes the focus: the button that led there is gone.
	useEffect(() => () => runWithFocus({ layout }, () => {}), [layout]);
	return (
		<div className="relative flex min-h-0 flex-1 flex-col items-center overflow-x-hidden overflow-y-auto px-6 pt-5 pb-4 [@media(max-height:640px)]:pt-4 [@media(max-height:640px)]:pb-2.5">
			<div className="my-auto w-full max-w-160">
				<div className="mb-4.5 [@media(max-height:760px)]:hidden">
					<Logo size={44} />
				</div>
				<h1 className="text-2xl font-semibold tracking-[-0.022em]">{t('Language models on your own computer')}</h1>
				<p className="mt-1.5 max-w-140 text-md text-balance text-ink-2">
					{t('Chat, test and compare models offline. Everything you write stays on this computer.')}
				</p>
				{starter === undefined ? null : <StarterModelOffer entry={starter} />}
				<div className="mt-2.5 -ml-[11px] flex flex-wrap gap-0.5 [@media(max-height:760px)]:mt-1.5">
					<Button kind="ghost" icon={FolderOpen} onClick={() => setAdding(true)}>
						{t('Use a model file I have')}
					</Button>
					<Button kind="ghost" icon={Box} onClick={() => layout.go({ section: 'models' })}>
						{t('Choose another model')}
					</Button>
				</div>
				<h2 className="mt-[22px] mb-2 text-xs font-medium text-ink-3 [@media(max-height:760px)]:mt-3">
					{ready ? t('Try one of these') : t('Once the model is ready, try')}
				</h2>
				<ExamplePrompts />
				<h2 className="mt-[22px] mb-1 text-xs font-medium text-ink-3 [@media(max-height:760px)]:mt-3">
					{t('Then make answers better')}
				</h2>
				<div className="-mx-2">
					<Loop />
				</div>
			</div>
			<NetworkNote />
			<AddModelDialog open={adding} onClose={() => setAdding(false)} onAdded={(id) => void models.load(id)} />
		</div>
	);
}

function NetworkNote() {
	const { connection, layout, models } = useServices();
	const downloads = useStore(models.state, (state) =>
		state.downloads.map((one) => `${one.state} ${one.source} ${one.receivedBytes > 0}`).join(),
	);
	const [requests, setRequests] = useState(0);
	// biome-ignore lint/correctness/useExhaustiveDependencies: a download that begins, moves on or ends has made requests
	useEffect(() => {
		connection.client.activity.list({ filter: { kinds: ['network'] }, limit: 0 }).then(
			({ total }) => setRequests(total),
			() => {},
		);
	}, [connection, downloads]);
	const network = () => layout.go({ section: 'activity', part: 'network' });
	return (
		<p className="mt-4 flex flex-none items-center [@media(max-height:640px)]:mt-2.5 gap-[7px] text-xs text-ink-2">
			<Icon of={ShieldCheck} size={14} className="text-ink-3" />
			<span>
				<Trans
					text="{requests, plural, =0 {No network requests} one {# network request} other {# network requests}} so far. You can <all>see all requests</all> or <block>block the network</block> at any time."
					values={{
						requests,
						all: (words) => (
							<button type="button" className="link" onClick={network}>
								{words}
							</button>
						),
						block: (words) => (
							<button type="button" className="link" onClick={network}>
								{words}
							</button>
						),
					}}
				/>
			</span>
		</p>
	);
}
