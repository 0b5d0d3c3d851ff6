import { formatNumber } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';

/** Figures of the starter model's files, to show what a comparison ends with. */
const rows = [
	['F16', '271', '100', '31', t('Reference')],
	['Q8_0', '145', '95', '53', t('Slower than Q4_K_M')],
	['Q4_K_M', '105', '86', '62', t('Use this one')],
	['Q2_K', '88', '67', '68', t('Ruled out')],
] as const;

/** A sample of the result, for the screen without comparisons. */
export function ExampleVerdict() {
	return (
		<section
			aria-label={t('Example of a result')}
			className="mx-auto mb-8 w-full max-w-[680px] rounded-lg border border-line bg-sunken px-5 py-4"
		>
			<p className="text-2xs font-medium text-ink-2">{t('Example: SmolLM2 135M')}</p>
			<p className="mt-1 text-lg text-pretty">
				<Trans
					text={
						'<b>Use Q4_K_M.</b> It picks the same next token as F16 86\u00A0% of the time, is {times} times as fast and 39\u00A0% of the size.'
					}
					values={{ b: (words) => <b className="font-semibold">{words}</b>, times: formatNumber(2, 1) }}
				/>
			</p>
			<table className="mt-3 w-full text-xs">
				<thead>
					<tr className="text-2xs text-ink-2">
						{[t('File'), t('Size, MB'), t('Same next token, %'), t('Speed, tok/s'), t('Result')].map((head, index) => (
							<th
								key={head}
								scope="col"
								className={`py-1 font-medium ${index === 0 ? 'text-left' : index === 4 ? 'pl-6 text-left' : 'text-right'}`}
							>
								{head}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map(([file, size, same, speed, result]) => (
						<tr key={file} className="border-t border-line">
							<th scope="row" className="py-1 text-left font-mono font-semibold">
								{file}
							</th>
							{[
								{ key: 'size', value: size },
								{ key: 'same', value: same },
								{ key: 'speed', value: speed },
							].map(({ key, value }) => (
								<td key={key} className="py-1 text-right font-mono tabular-nums">
									{value}
								</td>
							))}
							<td className="py-1 pl-6">{result}</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}
