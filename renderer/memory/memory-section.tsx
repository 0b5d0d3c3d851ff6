import { BrainCircuit, MessageSquareText, Plus } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Fact, FactState } from '../../electron/contract/memory/schema.ts';
import type { Settings } from '../../electron/contract/settings/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { openMessage } from '../conversation/actions.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { Checkbox } from '../design/checkbox.tsx';
import { Dialog } from '../design/dialog.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatDate } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { SearchBox } from '../design/search-box.tsx';
import { Select } from '../design/select.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Switch } from '../design/switch.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from '../settings/setting-row.tsx';
import { useReloadable } from '../settings/use-reloadable.ts';
import { FactEditor } from './fact-editor.tsx';
import { acceptFact, dismissFact, forgetFact } from './memory-actions.ts';

type View = 'current' | 'earlier' | 'forgotten';

const statesOf: Record<View, FactState[] | undefined> = {
	current: ['proposed', 'accepted'],
	earlier: ['superseded', 'expired', 'rejected'],
	forgotten: undefined,
};

/** Facts shown at first, and added by "Show more". */
const shownAtOnce = 100;

/** What is remembered about the person, how it gets there, and how it is forgotten. */
export function FactsSection() {
	const { memory, settings } = useServices();
	const on = useStore(settings.state, (state) => state.memoryOn);
	const proposals = useStore(settings.state, (state) => state.memoryProposals);
	const sought = useStore(memory.state, (state) => state.sought);
	const automatic = useStore(settings.state, (state) => state.memoryAutomatic);
	return (
		<>
			<Switch
				label={t('Use what is remembered in answers')}
				description={t(
					'Facts about you go into every prompt, those for a folder into the prompts of its conversations. Temporary conversations use none, and you can switch it off in the settings of a conversation.',
				)}
				checked={on}
				onChange={(memoryOn) => settings.change({ memoryOn })}
			/>
			<SettingRow
				label={t('Suggest facts to remember')}
				description={t(
					'Only from your own words, never from documents, tools or answers. The model of a conversation reads them in idle time and adds no words of its own.',
				)}
			>
				<Select<Settings['memoryProposals']>
					label={t('Suggest facts to remember')}
					value={proposals}
					options={[
						{ value: 'off', words: t('Off') },
						{ value: 'rules', words: t('By fixed rules') },
						{ value: 'model', words: t('By rules and the model') },
					]}
					onChange={(memoryProposals) => settings.change({ memoryProposals })}
				/>
			</SettingRow>
			<Switch
				label={t('Remember without asking')}
				description={t('Uses proposals at once. Each is shown under its message, where you can forget it.')}
				checked={automatic}
				onChange={(memoryAutomatic) => settings.change({ memoryAutomatic })}
			/>
			<FactList key={sought.times} sought={sought.text} />
		</>
	);
}

/** `sought`: what the search field holds at first. */
function FactList({ sought }: { sought: string }) {
	const { connection, memory, organisation } = useServices();
	const revision = useStore(memory.state, (state) => state.revision);
	const folders = useStore(organisation.state, ({ overview }) => overview?.folders) ?? [];
	const [view, setView] = useState<View>('current');
	const [place, setPlace] = useState('all');
	const [text, setText] = useState(sought);
	const [limit, setLimit] = useState(shownAtOnce);
	const [deleting, setDeleting] = useState(false);
	const states = statesOf[view];
	const { value, problem } = useReloadable(
		() =>
			connection.client.memory.list({
				...(states === undefined ? { forgotten: true } : { states }),
				...(place === 'all' ? {} : place === 'person' ? { scope: 'person' } : { folderId: Number(place) }),
				text,
				limit,
			}),
		`${revision} ${view} ${place} ${text} ${limit}`,
	);
	if (problem !== null) return <FailureCard title={t('The facts can’t be shown')} failure={problem} />;
	if (value === null) return <Skeleton rows={4} />;
	const { facts, total, counts, inTrash } = value;
	const isEmpty = counts.proposed + counts.accepted + counts.superseded + counts.expired + counts.rejected === 0;
	return (
		<section aria-label={t('Facts')} className="flex flex-col gap-3">
			<AddFact />
			{isEmpty && inTrash === 0 ? (
				<EmptyState icon={BrainCircuit} title={t('Nothing is remembered yet')}>
					{t('Write a fact above, or say “Remember that …” in a conversation.')}
				</EmptyState>
			) : (
				<>
					<div className="flex flex-wrap items-center gap-2">
						<SearchBox
							label={t('Search facts')}
							placeholder={t('Search facts')}
							value={text}
							onType={setText}
							className="min-w-40 flex-1"
						/>
						<Select
							label={t('Facts about')}
							value={place}
							options={[
								{ value: 'all', words: t('All facts') },
								{ value: 'person', words: t('About me') },
								...folders.map(({ id, name }) => ({ value: String(id), words: name })),
							]}
							onChange={setPlace}
						/>
						<Select<View>
							label={t('Which facts')}
							value={view}
							options={[
								{ value: 'current', words: t('In use and proposed') },
								{ value: 'earlier', words: t('Earlier and dismissed') },
								{ value: 'forgotten', words: t('Forgotten ({count})', { count: inTrash }) },
							]}
							onChange={setView}
						/>
					</div>
					{facts.length === 0 ? (
						<p className="py-4 text-center text-ink-3">
							{text.trim() === '' && place === 'all' && view === 'current'
								? t('Nothing is remembered')
								: t('No fact matches.')}
						</p>
					) : (
						<ul aria-label={t('Facts')} className="divide-y divide-line rounded-lg border border-line">
							{facts.map((fact) => (
								<FactRow key={fact.id} fact={fact} folders={folders} />
							))}
						</ul>
					)}
					<div className="flex flex-wrap gap-2">
						{total > facts.length ? (
							<Button size="sm" onClick={() => setLimit(Math.min(1_000, limit + shownAtOnce))}>
								{t('Show more')}
							</Button>
						) : null}
						{view === 'forgotten' && inTrash > 0 ? (
							<Button size="sm" kind="danger" onClick={() => setDeleting(true)}>
								{t('Delete {count, plural, one {# fact} other {# facts}} for good', { count: inTrash })}
							</Button>
						) : null}
					</div>
				</>
			)}
			{deleting ? <DeleteFactsDialog count={inTrash} onClose={() => setDeleting(false)} /> : null}
		</section>
	);
}

function AddFact() {
	const services = useServices();
	const folders = useStore(services.organisation.state, ({ overview }) => overview?.folders) ?? [];
	const [text, setText] = useState('');
	const [folder, setFolder] = useState('');
	async function add(): Promise<void> {
		await runOrToast(services, async () => {
			await services.connection.client.memory.add({ text, folderId: folder === '' ? null : Number(folder) });
			setText('');
		});
	}
	return (
		<div className="flex flex-wrap items-end gap-2">
			<div className="min-w-56 flex-1">
				<TextField
					label={t('Remember')}
					placeholder={t('I take no sugar')}
					value={text}
					maxLength={1_000}
					onChange={(event) => setText(event.target.value)}
					onKeyDown={(event) => {
						if (event.key !== 'Enter' || event.nativeEvent.isComposing || text.trim() === '') return;
						event.preventDefault();
						void add();
					}}
				/>
			</div>
			{folders.length === 0 ? null : (
				<span className="pb-0.5">
					<Select
						label={t('For which conversations')}
						value={folder}
						options={[
							{ value: '', words: t('All conversations') },
							...folders.map(({ id, name }) => ({ value: String(id), words: name })),
						]}
						onChange={setFolder}
					/>
				</span>
			)}
			<Button
				icon={Plus}
				onClick={() => void add()}
				blocked={text.trim() === '' ? t('Write what to remember') : undefined}
			>
				{t('Add')}
			</Button>
		</div>
	);
}

function stateWords({ state, forgottenAt, scope, folderId }: Fact): {
	tone: 'accent' | 'good' | 'plain';
	words: string;
} {
	if (forgottenAt !== null) return { tone: 'plain', words: t('Forgotten') };
	switch (state) {
		case 'proposed':
			return { tone: 'accent', words: t('Proposed') };
		case 'accepted':
			// A fact for a folder that was removed is used nowhere.
			if (scope === 'folder' && folderId === null) return { tone: 'plain', words: t('Not in use') };
			return { tone: 'good', words: t('In use') };
		case 'superseded':
			return { tone: 'plain', words: t('Replaced') };
		case 'expired':
			return { tone: 'plain', words: t('Expired') };
		case 'rejected':
			return { tone: 'plain', words: t('Dismissed') };
	}
}

function FactRow({ fact, folders }: { fact: Fact; folders: readonly { id: number; name: string }[] }) {
	const services = useServices();
	const [editing, setEditing] = useState(false);
	const { tone, words } = stateWords(fact);
	const { source, folderId, scope, state, supersedes, forgottenAt } = fact;
	const folder = scope === 'person' ? null : (folders.find(({ id }) => id === folderId)?.name ?? t('Removed folder'));
	const { memory } = services.connection.client;
	const isOpen = forgottenAt === null && (state === 'proposed' || state === 'rejected');
	if (editing) {
		const save = (text: string): void => {
			setEditing(false);
			if (text !== fact.text) void runOrToast(services, () => memory.edit({ id: fact.id, text }));
		};
		return (
			<li className="p-2">
				<FactEditor text={fact.text} action={t('Save')} onKeep={save} onClose={() => setEditing(false)} />
			</li>
		);
	}
	return (
		<li className="flex flex-wrap items-start gap-x-3 gap-y-1.5 px-3 py-2">
			<div className="min-w-0 flex-[1_1_16rem]">
				<p className="foreign [overflow-wrap:anywhere]" dir="auto">
					{fact.text}
				</p>
				<div className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-3">
					<Badge tone={tone}>{words}</Badge>
					{folder === null ? null : <span className="foreign">{folder}</span>}
					<span>{formatDate(fact.changedAt)}</span>
					{fact.expiresAt === null ? null : <span>{t('until {date}', { date: formatDate(fact.expiresAt) })}</span>}
					{supersedes === null ? null : (
						<span className="foreign">{t('replaces “{text}”', { text: supersedes.text })}</span>
					)}
					{source === null ? null : (
						<button
							type="button"
							onClick={() => openMessage(services, source)}
							className="inline-flex min-w-0 items-center gap-1 text-accent-ink hover:underline"
						>
							<Icon of={MessageSquareText} size={12} />
							<span className="foreign truncate">{source.title}</span>
						</button>
					)}
				</div>
			</div>
			<div className="flex flex-none flex-wrap gap-1">
				{isOpen ? (
					<Button size="sm" onClick={() => void acceptFact(services, fact)}>
						{t('Accept')}
					</Button>
				) : null}
				{forgottenAt === null && state !== 'superseded' ? (
					<Button size="sm" kind="ghost" onClick={() => setEditing(true)}>
						{t('Edit')}
					</Button>
				) : null}
				{forgottenAt === null && state === 'proposed' ? (
					<Button size="sm" kind="ghost" onClick={() => void dismissFact(services, fact)}>
						{t('Dismiss')}
					</Button>
				) : null}
				{forgottenAt === null && state === 'proposed' ? null : forgottenAt === null ? (
					<Button size="sm" kind="ghost" onClick={() => void forgetFact(services, fact)}>
						{t('Forget')}
					</Button>
				) : (
					<Button size="sm" onClick={() => void runOrToast(services, () => memory.restore({ ids: [fact.id] }))}>
						{t('Restore')}
					</Button>
				)}
			</div>
		</li>
	);
}

/** Confirms a deletion that can't be undone. */
function DeleteFactsDialog({ count, onClose }: { count: number; onClose: () => void }) {
	const services = useServices();
	const [backups, setBackups] = useState(false);
	const [busy, setBusy] = useState(false);
	async function run(): Promise<void> {
		setBusy(true);
		await runOrToast(services, () => services.connection.client.memory.emptyTrash({ backups }));
		onClose();
	}
	return (
		<Dialog
			open
			onClose={busy ? () => {} : onClose}
			width={440}
			title={t('Delete {count, plural, one {# fact} other {# facts}} for good', { count })}
			text={t(
				'{count, plural, one {It is removed} other {They are removed}} from the index, from the prompts of earlier answers and from saved states, and overwritten on the disk. This can’t be undone.',
				{ count },
			)}
			actions={
				<>
					<Button onClick={onClose} blocked={busy ? t('Deleting') : undefined}>
						{t('Cancel')}
					</Button>
					<Button kind="danger-fill" busy={busy ? t('Deleting') : undefined} onClick={() => void run()}>
						{t('Delete for good')}
					</Button>
				</>
			}
		>
			<div className="mt-3 flex items-center gap-2 rounded-lg border border-line bg-sunken p-3">
				<Checkbox
					label={t('Replace the backups with a fresh one')}
					checked={backups}
					onChange={() => setBackups(!backups)}
					className="-ml-1"
				/>
				<p className="text-xs text-ink-2">
					{t(
						'Replace the backups with a fresh one. Otherwise they may contain {count, plural, one {the fact} other {the facts}} for 35 days.',
						{ count },
					)}
				</p>
			</div>
		</Dialog>
	);
}
