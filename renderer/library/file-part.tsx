import { Check, ListTree, Minus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { ModelFile, QuantizeOrigin } from '../../electron/contract/library/schema.ts';
import type { Inspection } from '../../models/contract/inspection.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import {
	formatBytes,
	formatCount,
	formatList,
	formatNumber,
	formatParameterCount,
	formatPercent,
} from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { SearchBox } from '../design/search-box.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { TemplateChoice } from './chat-template-choice.tsx';
import { ChatTemplatePart, Risks } from './chat-template-part.tsx';
import { Fact, headClass } from './inspector-fact.tsx';
import { describeKind, describeSource } from './model-wording.ts';

/** Facts from the file's header. */
export function FilePart({ model, inspection }: { model: ModelFile; inspection: Inspection | null }) {
	const facts = inspection?.facts;
	const kind = describeKind(model);
	return (
		<>
			{kind === null ? null : <p className="text-ink-2">{kind.says}</p>}
			<section aria-label={t('File')}>
				<dl>
					<Fact name={t('Architecture')}>
						{facts?.layers == null
							? model.architecture || '–'
							: t('{architecture}, {layers, plural, one {# layer} other {# layers}}', {
									architecture: model.architecture,
									layers: facts.layers,
								})}
					</Fact>
					{model.parameters === 0 ? null : <Fact name={t('Parameters')}>{formatParameterCount(model.parameters)}</Fact>}
					{facts ? <Fact name={t('Bits per weight')}>{formatNumber(facts.bitsPerWeight, 2)}</Fact> : null}
					<Fact name={t('Size')}>
						{model.parts > 1
							? t('{size} in {parts, plural, one {# part} other {# parts}}', {
									size: formatBytes(model.sizeBytes),
									parts: model.parts,
								})
							: formatBytes(model.sizeBytes)}
					</Fact>
					{model.contextLength === null ? null : (
						<Fact name={t('Trained context')}>{formatCount(model.contextLength)}</Fact>
					)}
					{facts?.headCount == null ? null : (
						<Fact name={t('Heads')}>
							{facts.headCountKv === null
								? facts.headCount
								: t('{headCount}, {headCountKv} for KV', {
										headCount: facts.headCount,
										headCountKv: facts.headCountKv,
									})}
						</Fact>
					)}
					{facts?.vocabularySize == null ? null : (
						<Fact name={t('Vocabulary')}>{formatCount(facts.vocabularySize)}</Fact>
					)}
					<Hash model={model} />
					<Fact name={t('Licence')} title={model.license ?? undefined}>
						{model.license ?? t('not stated')}
					</Fact>
					<Fact name={t('Source')} title={model.source ?? undefined}>
						{describeSource(model.source)}
					</Fact>
				</dl>
				<Paths model={model} />
			</section>
			<QuantizedFrom modelFileId={model.id} />
			{inspection && inspection.warnings.length > 0 && model.kind === 'model' && model.problem === null ? (
				<p className="text-xs text-warn">{inspection.warnings.join(' ')}</p>
			) : null}
			{inspection ? <Risks risks={inspection.risks.filter(({ where }) => where === 'header')} /> : null}
			{facts ? <Tensors tensors={facts.tensors} /> : null}
			{inspection ? (
				<>
					{model.kind === 'model' ? <ChatTemplatePart inspection={inspection} /> : null}
					{model.kind === 'model' && model.problem === null ? <TemplateChoice model={model} /> : null}
					<Tokenizer tokenizer={inspection.tokenizer} />
					<EngineUses inspection={inspection} />
					<Header name={model.name} inspection={inspection} />
				</>
			) : null}
		</>
	);
}

function Hash({ model }: { model: ModelFile }) {
	const { models } = useServices();
	const done = useStore(models.fits.state, ({ hashing }) => hashing[model.id]);
	return (
		<Fact name="SHA-256" title={model.sha256 ?? undefined}>
			{model.sha256 === null ? (
				<span className="text-ink-3">
					{done === undefined ? t('not computed yet') : t('computing, {done}', { done: formatPercent(done) })}
				</span>
			) : (
				<span className="inline-flex items-center gap-[5px]">
					{model.sha256.slice(0, 4)}…{model.sha256.slice(-4)}
					<Icon of={Check} size={14} className="text-good" />
					<span className="sr-only">{t('computed from the file')}</span>
				</span>
			)}
		</Fact>
	);
}

function Paths({ model }: { model: ModelFile }) {
	const paths = [model.path, ...model.copies.map(({ path }) => path)];
	return (
		<ul className="mt-1.5 flex flex-col gap-1" aria-label={t('Location')}>
			{paths.map((path) => (
				<li key={path} className="font-mono text-2xs text-ink-3 [overflow-wrap:anywhere]">
					{path}
				</li>
			))}
		</ul>
	);
}

function Tensors({ tensors }: { tensors: Inspection['facts']['tensors'] }) {
	const all = tensors.reduce((sum, { bytes: size }) => sum + size, 0);
	const total = tensors.reduce((sum, { count: number }) => sum + number, 0);
	return (
		<section aria-label={t('Tensors by type')}>
			<h3 className={headClass}>
				<span className="flex-1">{t('Tensors by type')}</span>
				<span className="font-mono font-normal text-ink-3">{formatCount(total)}</span>
			</h3>
			<table className="w-full text-xs">
				<tbody className="font-mono tracking-[-0.01em] tabular-nums">
					{tensors
						.toSorted((a, b) => b.bytes - a.bytes)
						.map(({ type, count: number, bytes: size, parameters: weights }) => (
							<tr key={type} title={t('{size} of {all}', { size: formatBytes(size), all: formatBytes(all) })}>
								<th scope="row" className="h-5.5 w-12 text-left font-normal">
									{type}
								</th>
								<td>
									<span className="block h-1 overflow-hidden rounded-xs bg-line">
										<i className="block h-full min-w-px bg-accent" style={{ width: `${(size / all) * 100}%` }} />
									</span>
								</td>
								<td className="w-11 text-right">{formatCount(number)}</td>
								<td className="w-19 text-right text-ink-3">
									{t('{bits} bits', { bits: formatNumber((size * 8) / Math.max(1, weights), 2) })}
								</td>
							</tr>
						))}
				</tbody>
			</table>
		</section>
	);
}

/** Common names of llama.cpp's tokenizers. */
const tokenizerWords: Readonly<Record<string, string>> = {
	llama: 'SentencePiece',
	gpt2: 'byte-pair',
	bert: 'WordPiece',
	t5: 'unigram',
	rwkv: 'RWKV',
	plamo2: 'PLaMo-2',
};

function Tokenizer({ tokenizer }: { tokenizer: Inspection['tokenizer'] }) {
	if (tokenizer === null) return null;
	const { model, preTokenizer, merges, addsStart, special } = tokenizer;
	return (
		<section aria-label={t('Tokenizer')}>
			<h3 className={headClass}>{t('Tokenizer')}</h3>
			<dl>
				<Fact name={t('Kind')}>
					{model === null ? t('not stated') : (tokenizerWords[model] ?? model)}
					{preTokenizer === null ? '' : `, ${preTokenizer}`}
				</Fact>
				{merges === null ? null : <Fact name={t('Merges')}>{formatCount(merges)}</Fact>}
				{addsStart === null ? null : <Fact name={t('Adds start token')}>{addsStart ? t('yes') : t('no')}</Fact>}
				{special.map(({ role, id, text }) => (
					<Fact key={role} name={t('Token: {role}', { role })}>
						{text === null ? '' : `${text} · `}
						{formatCount(id)}
					</Fact>
				))}
			</dl>
		</section>
	);
}

function EngineUses({ inspection }: { inspection: Inspection }) {
	if (inspection.engine.length === 0) return null;
	return (
		<section aria-label={t('Supported features')}>
			<h3 className={headClass}>{t('Supported features')}</h3>
			<ul className="flex flex-wrap gap-[5px]">
				{inspection.engine
					.filter(({ usable }) => usable)
					.map(({ name }) => (
						<li key={name} className="flex">
							<Badge tone="plain" icon={Check}>
								{name}
							</Badge>
						</li>
					))}
			</ul>
			<ul className="mt-1.5 flex flex-col gap-1">
				{inspection.engine
					.filter(({ usable }) => !usable)
					.map(({ name, why }) => (
						<li key={name} className="flex items-start gap-1.5 text-xs text-ink-2">
							<Icon of={Minus} size={12} className="mt-1 text-ink-3" />
							<span>{t('{name} not supported: {why}', { name, why: why ?? '' })}</span>
						</li>
					))}
			</ul>
		</section>
	);
}

function Header({ name, inspection }: { name: string; inspection: Inspection }) {
	const [open, setOpen] = useState(false);
	return (
		<>
			<Button size="sm" icon={ListTree} className="self-start" onClick={() => setOpen(true)}>
				{t('Show all {count, plural, one {# header key} other {# header keys}}', { count: inspection.metadata.length })}
			</Button>
			<MetadataDialog open={open} onClose={() => setOpen(false)} name={name} metadata={inspection.metadata} />
		</>
	);
}

/** All keys of a file's header, with a search. */
function MetadataDialog({
	open,
	onClose,
	name,
	metadata,
}: {
	open: boolean;
	onClose: () => void;
	name: string;
	metadata: Inspection['metadata'];
}) {
	const [text, setText] = useState('');
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	const shown = metadata.filter(({ key, value }) => {
		const where = `${key} ${value}`.toLowerCase();
		return words.every((word) => where.includes(word));
	});
	return (
		<Dialog
			open={open}
			onClose={onClose}
			width={760}
			tall
			title={t('Header of {name}', { name })}
			text={t('{count, plural, one {# key} other {# keys}}, exactly as in the file.', { count: metadata.length })}
			actions={<Button onClick={onClose}>{t('Close')}</Button>}
		>
			<SearchBox
				className="mt-3"
				label={t('Search the header')}
				placeholder={t('Search keys and values')}
				value={text}
				onType={setText}
			>
				<span className="text-xs text-ink-3 tabular-nums" aria-live="polite">
					{words.length === 0
						? ''
						: t('{done} of {total}', { done: formatCount(shown.length), total: formatCount(metadata.length) })}
				</span>
			</SearchBox>
			<Scroller
				label={t('Header keys')}
				className="mt-2 h-[calc(0.52*var(--window-height))] rounded-lg border border-line"
			>
				<table className="w-full text-left text-xs">
					<thead className="sr-only">
						<tr>
							<th scope="col">{t('Key')}</th>
							<th scope="col">{t('Value')}</th>
							<th scope="col">{t('Type')}</th>
						</tr>
					</thead>
					<tbody>
						{shown.map(({ key, type, value, length, cut }) => (
							<tr key={key} className="border-b border-line align-top last:border-b-0">
								<th scope="row" className="w-[38%] px-3 py-1.5 font-mono font-normal [overflow-wrap:anywhere]">
									{key}
								</th>
								<td className="px-2 py-1.5 font-mono text-ink-2 [overflow-wrap:anywhere] whitespace-pre-wrap">
									{value.length > 600 ? `${value.slice(0, 600)}…` : value}
									{cut || value.length > 600 ? (
										<span className="text-ink-3"> {t('({length} in total)', { length: formatCount(length) })}</span>
									) : null}
								</td>
								<td className="px-3 py-1.5 text-right whitespace-nowrap text-ink-3">{type}</td>
							</tr>
						))}
					</tbody>
				</table>
				{shown.length === 0 ? <p className="px-3 py-4 text-ink-2">{t('No results')}</p> : null}
			</Scroller>
		</Dialog>
	);
}

/** Source of a quantised file and anything that did not go as requested; hidden for files not quantised here. */
function QuantizedFrom({ modelFileId }: { modelFileId: number }) {
	const { connection } = useServices();
	const [origin, setOrigin] = useState<QuantizeOrigin | null>(null);
	useEffect(() => {
		let current = true;
		setOrigin(null);
		connection.client.making.madeOf({ id: modelFileId }).then(
			(answer) => current && setOrigin(answer.made),
			// The inspector already shows a lost connection.
			() => {},
		);
		return () => {
			current = false;
		};
	}, [connection, modelFileId]);
	if (origin === null) return null;
	const { parent, type, fallbacks, warnings, imatrix } = origin;
	const source = `${parent.name} ${parent.quantization}`;
	const types = formatList([...new Set(fallbacks.map(({ to }) => to))]);
	return (
		<section aria-label={t('Quantised here')} className="text-xs text-pretty text-ink-2">
			<p>
				{imatrix === null
					? t('Quantised here to {type} from {source}.', { type, source })
					: imatrix.datasets.length === 0
						? t(
								'Quantised here to {type} from {source}, with an importance matrix from {chunks, plural, one {# chunk} other {# chunks}}.',
								{
									type,
									source,
									chunks: imatrix.chunks,
								},
							)
						: t(
								'Quantised here to {type} from {source}, with an importance matrix from {datasets}, {chunks, plural, one {# chunk} other {# chunks}}.',
								{
									type,
									source,
									datasets: imatrix.datasets.join(', '),
									chunks: imatrix.chunks,
								},
							)}
			</p>
			{fallbacks.length === 0 ? null : (
				<p className="mt-1">
					{t('{count, plural, one {# tensor} other {# tensors}} couldn’t be quantised to {type} and became {types}.', {
						count: fallbacks.length,
						type,
						types,
					})}
				</p>
			)}
			{warnings.map((warning) => (
				<p key={warning} className="mt-1 text-warn">
					{warning}
				</p>
			))}
		</section>
	);
}
