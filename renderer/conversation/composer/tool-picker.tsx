import { Wrench } from 'lucide-react';
import { useStore } from 'zustand';
import type { ToolOffer } from '../../../electron/contract/tools/schema.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { Button } from '../../design/button.tsx';
import { formatCount } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Popover } from '../../design/popover.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { describeTokens, formatTokens } from './context-wording.ts';
import { isSent } from './tool-offers-store.ts';

/** Chooses the tools that the model is offered in this conversation, with what each costs in every prompt. */
export function ToolPicker() {
	const { toolOffers, tokenCount } = useServices();
	const offers = useStore(toolOffers.state);
	const counted = useStore(tokenCount.state, ({ known }) => {
		const part = known?.context?.find(({ kind }) => kind === 'tools');
		return part === undefined || known === null ? null : describeTokens(part.tokens, known.exact);
	});
	if (offers === null) return null;
	const sent = offers.filter(isSent);
	const label =
		sent.length === 0
			? t('Tools: none')
			: t('Tools: {count, plural, one {# is} other {# are}} sent with each message', { count: sent.length });
	return (
		<Popover
			side="top"
			align="start"
			label={t('Tools of this conversation')}
			width={360}
			tooltip={label}
			trigger={
				<button
					type="button"
					aria-label={label}
					className={`inline-flex h-7 flex-none items-center gap-1 rounded-[8px] px-1.5 text-xs hover:bg-hover data-popup-open:bg-selected ${sent.length > 0 ? 'bg-accent-soft font-medium text-accent-ink' : 'text-ink-2'}`}
				>
					<Icon of={Wrench} size={14} />
					{sent.length > 0 ? formatCount(sent.length) : null}
				</button>
			}
		>
			<Offers offers={offers} sum={counted ?? describeTokens(sumOf(sent), false)} />
		</Popover>
	);
}

const sumOf = (offers: readonly ToolOffer[]): number => offers.reduce((sum, { tokens }) => sum + tokens, 0);

function Offers({ offers, sum }: { offers: readonly ToolOffer[]; sum: string }) {
	const services = useServices();
	const { layout, toolOffers } = services;
	const servers = [...new Set(offers.map(({ server }) => server))];
	const set = (ids: readonly number[], used: boolean): void =>
		void runOrToast(services, () => toolOffers.use(ids, used));
	const setUp = (
		<Button size="sm" onClick={() => layout.go({ section: 'settings', part: 'tools' })}>
			{offers.length === 0 ? t('Set up tools') : t('Manage tools')}
		</Button>
	);
	if (offers.length === 0) {
		return (
			<div className="flex flex-col items-start gap-2.5">
				<p className="text-ink-2">{t('With tools, a model can calculate, read your files, or use other programs.')}</p>
				{setUp}
			</div>
		);
	}
	return (
		<div className="flex flex-col gap-2.5">
			<p className="text-xs text-pretty text-ink-3">
				{t('The model may call these. Their descriptions are part of every prompt.')}
			</p>
			{servers.map((server) => (
				<fieldset key={server ?? ''} className="min-w-0">
					<legend className="mb-0.5 text-xs font-medium text-ink-2">{server ?? t('Built in')}</legend>
					{offers
						.filter((offer) => offer.server === server)
						.map((offer) => (
							<OfferRow key={offer.id} offer={offer} onChange={(used) => set([offer.id], used)} />
						))}
				</fieldset>
			))}
			<div className="flex items-center gap-2 border-t border-line pt-2.5">
				<span className="flex-1 text-xs text-ink-2 tabular-nums">{t('{tokens} in every prompt', { tokens: sum })}</span>
				{setUp}
			</div>
		</div>
	);
}

function OfferRow({ offer, onChange }: { offer: ToolOffer; onChange: (used: boolean) => void }) {
	const { name, description, tokens, state } = offer;
	const why = state === 'off' ? t('Off in Settings') : state === 'changed' ? t('Changed: see Settings') : null;
	return (
		<label
			title={description}
			className={`flex min-h-7 items-center gap-2 rounded-[6px] px-1 ${why === null ? 'hover:bg-hover' : 'text-ink-3'}`}
		>
			<input
				type="checkbox"
				checked={isSent(offer)}
				disabled={why !== null}
				onChange={(event) => onChange(event.target.checked)}
				className="flex-none accent-(--accent)"
			/>
			<span className="foreign min-w-0 flex-1 truncate">{name}</span>
			<span className="flex-none text-xs text-ink-3 tabular-nums">{why ?? formatTokens(tokens, false)}</span>
		</label>
	);
}
