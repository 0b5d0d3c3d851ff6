import type { Implementer } from '../../../../electron/api/implementer.ts';
import { headroomBytes } from '../../../../models/fit/fit-verdict.ts';
import { TemplateFault } from '../../../../models/jinja/fault.ts';
import { renderTemplate } from '../../../../models/prompt/chat-template.ts';
import { templateFamilies } from '../../../../models/prompt/template-families.ts';
import { buildJob } from '../../fixtures/job.ts';
import type { FakeApplication } from '../fake-application.ts';
import { fakeFit, fakeInspection } from './data.ts';

/** Handlers of `models` for files of this computer: memory estimates are real, on made-up shapes. */
export function libraryHandlers(fake: FakeApplication, os: Implementer) {
	const { data } = fake;
	const { library } = data;
	const { models } = os;
	const templateOf = (id: number) => ({
		chosen: library.templates.get(id) ?? null,
		file: find(id).chat && !library.templates.has(id) ? "{% for m in messages %}{{ m['content'] }}{% endfor %}" : null,
		start: '<bos>',
		suggested: 'gemma',
	});
	const find = (id: number) => data.models.find((model) => model.id === id)!;
	return {
		inspect: models.inspect.handler(({ input }) => fakeInspection(input.path, library.inspection)),
		fits: models.fits.handler(({ input }) => ({
			memory: {
				totalBytes: 16_000_000_000,
				freeBytes: library.freeBytes,
				loadedBytes: 266_000_000,
				headroomBytes: headroomBytes(16_000_000_000),
			},
			fits: data.models
				.filter(({ problem, kind }) => problem === null && kind === 'model')
				.map((model) => {
					const own = library.options.get(model.id)?.contextSize;
					const change =
						typeof own === 'number' || input.contextSize === undefined ? {} : { contextSize: input.contextSize };
					return fakeFit(library, model, change);
				}),
		})),
		fit: models.fit.handler(({ input }) => fakeFit(library, find(input.id), input.change)),
		fitFile: models.fitFile.handler(({ input }) => fakeFit(library, data.models[0]!, input.change)),
		options: models.options.handler(({ input }) => ({ options: library.options.get(input.id) ?? {} })),
		setOptions: models.setOptions.handler(({ input }) => {
			library.options.set(input.id, input.options);
			return { options: input.options, reload: data.states.get(input.id)?.state === 'loaded' };
		}),
		chatTemplate: models.chatTemplate.handler(({ input }) => templateOf(input.id)),
		templateFamilies: models.templateFamilies.handler(() => ({
			families: templateFamilies.map(({ stop, ...family }) => ({ ...family, stop: [...stop] })),
		})),
		setChatTemplate: models.setChatTemplate.handler(({ input }) => {
			if (input.template === null) library.templates.delete(input.id);
			else library.templates.set(input.id, input.template);
			data.models = data.models.map((model) =>
				model.id === input.id ? { ...model, chat: input.template !== null } : model,
			);
			fake.emit({ type: 'models-changed' });
			return { ...templateOf(input.id), reload: false };
		}),
		previewChatTemplate: models.previewChatTemplate.handler(({ input }) => {
			try {
				const text = renderTemplate(input.source, input.turns, { bosToken: '<bos>', eosToken: '<eos>' });
				return { text: `<bos>${text}`, failure: null, line: null };
			} catch (error) {
				const line = error instanceof TemplateFault ? error.line : null;
				const cause = error instanceof Error ? error.message.replace(/ \(line.*/, '') : '';
				const message = `The template fails on line ${line}: ${cause}.`;
				return { text: '', failure: { code: 'template-invalid', message, next: ['Correct the template'] }, line };
			}
		}),
		history: models.history.handler(({ input }) => ({ loads: library.loads.get(input.id) ?? [] })),
		devices: models.devices.handler(() => ({
			devices: library.devices,
			detail: 'llama.cpp v0.4.0',
		})),
		places: models.places.handler(() => ({ places: library.places })),
		scan: models.scan.handler(({ input }) =>
			buildJob({ kind: 'scan', title: input.paths[0]!, unit: 'files', id: 'scan-1', done: 3 }),
		),
		scanReport: models.scanReport.handler(() => ({ report: library.report })),
		removePlace: models.removePlace.handler(({ input }) => {
			const path = library.places.find(({ id }) => id === input.id)?.path ?? '';
			library.places = library.places.filter(({ id }) => id !== input.id);
			return { path };
		}),
		rename: models.rename.handler(({ input }) => {
			const names = new Map(input.names.map(({ id, name }) => [id, name]));
			data.models = data.models.map((model) =>
				names.has(model.id) ? { ...model, name: names.get(model.id) ?? model.ownName } : model,
			);
			fake.emit({ type: 'models-changed' });
			return { models: data.models.filter(({ id }) => names.has(id)) };
		}),
		restore: models.restore.handler(({ input }) => {
			const model = library.removed.find(({ id }) => id === input.id)!;
			data.models = [...data.models, model];
			fake.emit({ type: 'models-changed' });
			return model;
		}),
	};
}
