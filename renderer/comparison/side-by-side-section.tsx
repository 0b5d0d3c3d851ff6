import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Comparison, SideBySide, Speed } from '../../electron/contract/comparison/schema.ts';
import { formatNumber } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Select } from '../design/select.tsx';
import { t, translate } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { PlusMinus } from './table-cells.tsx';

type Pair = NonNullable<SideBySide['pair']>;
type File = Pair['files'][number];

const first = 'border-b border-line py-1 pr-4 text-left font-medium';
const head = 'border-b border-line px-2 py-1 text-right font-medium';
const words = 'border-b border-line px-2 py-1 text-left font-medium';
const cell = 'border-b border-line px-2 py-1 text-right font-mono whitespace-nowrap tabular-nums';

/** The same files on another computer: speeds and conditions side by side, and whether quality agrees, as it must. */
export function SideBySideSection({ comparison }: { comparison: Comparison }) {
	const { comparisons } = useServices();
	const [chosen, setChosen] = useState<number | null>(null);
	const [sideBySide, setSideBySide] = useState<SideBySide | null>(null);
	const { id, done } = comparison;
	// New measurements change the side by side, so fetch it again.
	const version = `${id}:${done}`;
	useEffect(() => {
		let current = true;
		comparisons.sideBySide(Number(version.split(':')[0]), chosen).then(
			(found) => current && setSideBySide(found),
			// The screen already shows a lost connection.
			() => {},
		);
		return () => {
			current = false;
		};
	}, [comparisons, version, chosen]);
	const pair = sideBySide?.pair ?? null;
	if (sideBySide === null || pair === null) return null;
	const apart = pair.files.some(({ agrees }) => agrees === false);
	return (
		<section aria-label={t('Side by side with another computer')} className="mt-4 border-t border-line pt-4">
			<div className="flex flex-wrap items-center gap-x-3 gap-y-1">
				<h2 className="text-xs font-semibold">
					{t('Side by side with another computer')}{' '}
					<span className="font-normal text-ink-2">{t('the same files, identified by their hashes')}</span>
				</h2>
				{sideBySide.partners.length > 1 ? (
					<Select
						label={t('Other comparison')}
						value={String(pair.otherId)}
						onChange={(value) => setChosen(Number(value))}
						options={sideBySide.partners.map((partner) => ({
							value: String(partner.id),
							words: `${partner.title}, ${partner.machine ?? t('this computer')}`,
						}))}
					/>
				) : null}
			</div>
			<p className="mt-2 flex items-start gap-2 text-pretty">
				<Icon
					of={apart ? TriangleAlert : CircleCheck}
					size={14}
					className={`mt-[3px] ${apart ? 'text-warn' : 'text-good'}`}
				/>
				{pair.words}
			</p>
			<div className="relative mt-2 overflow-x-auto">
				<SpeedTable pair={pair} />
			</div>
			<div className="relative mt-3 overflow-x-auto">
				<ConditionTable pair={pair} />
			</div>
		</section>
	);
}

function nameOf(machine: string | null): string {
	return machine ?? t('This computer');
}

function SpeedTable({ pair }: { pair: Pair }) {
	const machines = pair.machines.map(nameOf);
	return (
		<table className="w-full border-separate border-spacing-0 text-xs">
			<caption className="sr-only">{t('Speed on both computers')}</caption>
			<thead className="text-2xs text-ink-2">
				<tr className="align-bottom">
					<th scope="col" className={first}>
						{t('File')}
					</th>
					{[t('Generation, tok/s'), t('Prompt, tok/s'), t('KL divergence')].map((what) =>
						machines.map((machine, side) => (
							<th key={`${what} ${side === 0 ? 'first' : 'second'}`} scope="col" className={head}>
								{what}
								<br />
								<span className="inline-block max-w-44 truncate font-normal" title={machine}>
									{machine}
								</span>
							</th>
						)),
					)}
					<th scope="col" className={head}>
						{t('Times as fast')}
					</th>
				</tr>
			</thead>
			<tbody>
				{pair.files.map((file) => (
					<tr key={file.sha256}>
						<th scope="row" className="border-b border-line py-1 text-left font-mono font-semibold whitespace-nowrap">
							{file.name}
						</th>
						{(['generation', 'prompt'] as const).flatMap((what) =>
							file.sides.map((side, index) => (
								<td key={`${what} ${index === 0 ? 'first' : 'second'}`} className={cell}>
									<SpeedText speed={side[what]} />
								</td>
							)),
						)}
						{file.sides.map((side, index) => (
							<td
								key={index === 0 ? 'first' : 'second'}
								className={`${cell} ${file.agrees === false ? 'text-warn' : ''}`}
							>
								{side.klDivergence === null ? '–' : formatNumber(side.klDivergence, 4)}
							</td>
						))}
						<td className={cell}>{describeSpeedRatio(file)}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

function SpeedText({ speed }: { speed: Speed | null }) {
	if (speed === null) return '–';
	return (
		<>
			{formatNumber(speed.median, 1)} <PlusMinus of={speed} digits={1} />
		</>
	);
}

/** Formats the second computer's generation speed as a multiple of the first's. */
function describeSpeedRatio({ sides: [first, second] }: File): string {
	if (first.generation === null || second.generation === null || first.generation.median === 0) return '–';
	return formatNumber(second.generation.median / first.generation.median, 2);
}

function ConditionTable({ pair }: { pair: Pair }) {
	return (
		<table className="w-full border-separate border-spacing-0 text-xs">
			<caption className="sr-only">{t('Conditions on both computers')}</caption>
			<thead className="text-2xs text-ink-2">
				<tr>
					<th scope="col" className={first}>
						{t('Condition')}
					</th>
					{pair.machines.map((machine, index) => (
						<th key={index === 0 ? 'first' : 'second'} scope="col" className={words}>
							{nameOf(machine)}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{pair.conditions.map(({ name, sides }) => (
					<tr key={name} className={sides[0] === sides[1] ? 'text-ink-3' : ''}>
						<th
							scope="row"
							className="border-b border-line py-1 pr-4 text-left align-top font-normal whitespace-nowrap"
						>
							{translate(name)}
						</th>
						{sides.map((text, index) => (
							<td
								key={index === 0 ? 'first' : 'second'}
								className="border-b border-line px-2 py-1 align-top [overflow-wrap:anywhere]"
							>
								{text === '' ? '–' : text}
							</td>
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}
