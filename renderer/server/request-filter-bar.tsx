import { useStore } from 'zustand';
import { type Choice, ChoiceMenu } from '../design/choice-menu.tsx';
import { formatCount } from '../design/format.ts';
import { Segmented } from '../design/segmented.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import type { ShownRequests } from './server-store.ts';
import { describeErrorCode, describeKey } from './server-wording.ts';

/** No route, model or code is called this. */
const all = ' all';

const periods: readonly Choice[] = [
	{ value: all, words: t('Any time') },
	{ value: '1', words: t('Today') },
	{ value: '7', words: t('Last 7 days') },
	{ value: '30', words: t('Last 30 days') },
];

/** Filters the history and its figures by outcome, key, route, model, program, error and time. */
export function RequestFilterBar() {
	const { serverPage } = useServices();
	const filter = useStore(serverPage.state, (state) => state.filter);
	const choices = useStore(serverPage.state, (state) => state.choices);
	const keys = useStore(serverPage.state, (state) => state.keys);
	const named = (
		list: readonly { readonly name: string; readonly requests: number }[],
		words: (name: string) => string = (name) => name,
	): Choice[] => list.map(({ name, requests }) => ({ value: name, words: words(name), detail: formatCount(requests) }));
	const menu = (
		part: 'route' | 'model' | 'client' | 'error',
		label: string,
		anything: string,
		options: readonly Choice[],
	) => {
		const value = filter[part];
		if (options.length < 2 && value === null) return null;
		return (
			<ChoiceMenu
				label={label}
				value={value ?? all}
				options={[{ value: all, words: anything }, ...options]}
				onChange={(next) => serverPage.change({ [part]: next === all ? null : next })}
			/>
		);
	};
	return (
		<div className="flex flex-none flex-wrap items-center gap-2 border-b border-line px-5 py-2">
			<Segmented
				label={t('Outcome')}
				value={filter.outcome}
				onChange={(outcome) => serverPage.change({ outcome })}
				options={[
					{ value: 'any', label: t('All') },
					{ value: 'failed', label: t('Failed') },
					{ value: 'left', label: t('Client left') },
				]}
			/>
			<ChoiceMenu
				label={t('Time')}
				value={filter.days === null ? all : String(filter.days)}
				options={periods}
				onChange={(value) => serverPage.change({ days: value === all ? null : Number(value) })}
			/>
			{keys.length < 2 && filter.key === null ? null : (
				<ChoiceMenu
					label={t('Key')}
					value={filter.key === null ? all : String(filter.key)}
					options={[
						{ value: all, words: t('All keys') },
						...keys.map(({ key, requests }) => ({
							value: String(key?.id ?? 'open'),
							words: describeKey(key),
							detail: formatCount(requests),
						})),
					]}
					onChange={(value) => serverPage.change({ key: toKey(value) })}
				/>
			)}
			{menu('route', t('Route'), t('All routes'), named(choices?.routes ?? []))}
			{menu('model', t('Model'), t('All models'), named(choices?.models ?? []))}
			{menu('client', t('Client'), t('All clients'), named(choices?.clients ?? []))}
			{(choices?.errors.length ?? 0) === 0 && filter.error === null
				? null
				: menu('error', t('Error'), t('All errors'), named(choices?.errors ?? [], describeErrorCode))}
		</div>
	);
}

function toKey(value: string): ShownRequests['key'] {
	return value === all ? null : value === 'open' ? 'open' : Number(value);
}
