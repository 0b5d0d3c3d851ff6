import { Check, CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ModelFile, ModelState } from '../../../electron/contract/model.ts';
import type { Inspection } from '../../../electron/contract/model/inspection.ts';
import { Badge } from '../../design/badge.tsx';
import { bytes, count, counted, duration, parameters, rate } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Scroller } from '../../design/scroller.tsx';

function Facts({ children }: { children: ReactNode }) {
	return <dl>{children}</dl>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
	return (
		<div className="flex min-h-6 items-center justify-between gap-3 text-xs">
			<dt className="flex-none text-ink-2">{name}</dt>
			<dd className="min-w-0 truncate font-mono tracking-[-0.01em] tabular-nums">{children}</dd>
		</div>
	);
}

/** What is true of it while it is loaded, measured here. */
export function LoadedFacts({ state }: { state: Extract<ModelState, { state: 'loaded' }> }) {
	const { capabilities } = state;
	const trials = capabilities.threadTrials.toSorted((a, b) => a.threads - b.threads);
	return (
		<section aria-label="Loaded">
			<h3 className="mb-[5px] text-xs/5 font-medium text-ink-2">Loaded</h3>
			<Facts>
				<Fact name="Memory">{bytes(state.residentBytes)}</Fact>
				<Fact name="Context">{count(capabilities.contextSize)} tokens</Fact>
				<Fact name="Threads">{count(capabilities.threads)}</Fact>
				{trials.map(({ threads, tokensPerSecond }) => (
					<Fact key={threads} name={`With ${counted(threads, 'thread')}`}>
						{rate(tokensPerSecond)}
					</Fact>
				))}
				<Fact name="Took to load">{duration(capabilities.loadMs)}</Fact>
				<Fact name="Engine">{capabilities.engineBuild.replace(/^.*\((.*)\)$/, '$1')}</Fact>
			</Facts>
		</section>
	);
}

/** What the file says of itself. */
export function FileFacts({ model, inspection }: { model: ModelFile; inspection: Inspection | null }) {
	const facts = inspection?.facts;
	return (
		<>
			<section aria-label="File">
				<h3 className="mb-[5px] text-xs/5 font-medium text-ink-2">File</h3>
				<Facts>
					<Fact name="Architecture">
						{facts?.layers == null ? model.architecture : `${model.architecture}, ${facts.layers} layers`}
					</Fact>
					<Fact name="Parameters">{parameters(model.parameters)}</Fact>
					{facts ? <Fact name="Bits per weight">{facts.bitsPerWeight.toFixed(2)}</Fact> : null}
					<Fact name="Size">{bytes(model.sizeBytes)}</Fact>
					{model.contextLength === null ? null : <Fact name="Context, trained">{count(model.contextLength)}</Fact>}
					{facts?.headCount == null ? null : (
						<Fact name="Heads">
							{facts.headCountKv === null ? facts.headCount : `${facts.headCount}, ${facts.headCountKv} for KV`}
						</Fact>
					)}
					{facts?.vocabularySize == null ? null : <Fact name="Vocabulary">{count(facts.vocabularySize)}</Fact>}
					<Fact name="SHA-256">
						{model.sha256 === null ? (
							<span className="text-ink-3">not computed yet</span>
						) : (
							<span title={model.sha256}>
								{model.sha256.slice(0, 4)}…{model.sha256.slice(-4)}
							</span>
						)}
					</Fact>
					{facts?.license ? <Fact name="Licence">{facts.license}</Fact> : null}
				</Facts>
				<p className="mt-1.5 font-mono text-2xs text-ink-3 [overflow-wrap:anywhere]">{model.path}</p>
			</section>
			{inspection && inspection.warnings.length > 0 ? (
				<ul className="flex flex-col gap-1">
					{inspection.warnings.map((warning) => (
						<li key={warning} className="flex items-start gap-1.5 text-xs text-warn">
							<Icon of={CircleAlert} size={14} className="mt-0.5" />
							{warning}
						</li>
					))}
				</ul>
			) : null}
			{facts ? <Tensors tensors={facts.tensors} /> : null}
			{facts ? <Template template={facts.chatTemplate} /> : null}
		</>
	);
}

function Tensors({ tensors }: { tensors: Inspection['facts']['tensors'] }) {
	const all = tensors.reduce((sum, { bytes: size }) => sum + size, 0);
	const total = tensors.reduce((sum, { count: number }) => sum + number, 0);
	return (
		<section aria-label="Tensors by type">
			<h3 className="mb-[5px] flex text-xs/5 font-medium text-ink-2">
				<span className="flex-1">Tensors by type</span>
				<span className="font-mono font-normal text-ink-3">{count(total)}</span>
			</h3>
			<table className="w-full text-xs">
				<tbody className="font-mono tracking-[-0.01em] tabular-nums">
					{tensors
						.toSorted((a, b) => b.bytes - a.bytes)
						.map(({ type, count: number, bytes: size }) => (
							<tr key={type}>
								<th scope="row" className="h-5.5 w-12 text-left font-normal">
									{type}
								</th>
								<td>
									<span className="block h-1 overflow-hidden rounded-xs bg-line">
										<i className="block h-full min-w-px bg-accent" style={{ width: `${(size / all) * 100}%` }} />
									</span>
								</td>
								<td className="w-11 text-right">{count(number)}</td>
								<td className="w-18 text-right text-ink-3">{bytes(size)}</td>
							</tr>
						))}
				</tbody>
			</table>
		</section>
	);
}

function Template({ template }: { template: string | null }) {
	return (
		<section aria-label="Chat template">
			<h3 className="mb-[5px] flex items-center text-xs/5 font-medium text-ink-2">
				<span className="flex-1">Chat template</span>
				{template === null ? (
					<Badge tone="warn">Base model</Badge>
				) : (
					<Badge tone="good" icon={Check}>
						Text only
					</Badge>
				)}
			</h3>
			{template === null ? (
				<p className="text-xs text-ink-2">
					There is none: this is a base model, not trained to chat. It would only continue your text.
				</p>
			) : (
				<Scroller label="Chat template" className="max-h-44 rounded-[8px] border border-line bg-sunken px-2.5 py-2">
					<pre className="font-mono text-[11.5px]/4.5 whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
						{template}
					</pre>
				</Scroller>
			)}
		</section>
	);
}
