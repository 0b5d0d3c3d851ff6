import koffi from 'koffi';
import { Failure } from '../../contract/failure.ts';
import { findNativeLibrary, type NativeLibraryFiles } from './find.ts';
import { bindFunctions, type NativeFunctions } from './functions.ts';
import { checkLayout, observeLayout } from './layout.ts';
import { captureLog, NativeLog } from './log.ts';
import { defineStructs, type Pointer, type Structs } from './structs.ts';

/** llama.cpp, loaded, checked and ready in this process. */
export type NativeLibrary = {
	files: NativeLibraryFiles;
	functions: NativeFunctions;
	structs: Structs;
	/** Where ggml_is_empty lies. */
	isEmpty: Pointer;
	log: NativeLog;
	/** e.g. "0.4.0-dev". */
	version: string;
	/** The instruction sets that llama.cpp uses on this processor, as it lists them. */
	systemInfo: string;
	/** The back-ends' devices, e.g. ["CPU: Intel Xeon"]. */
	devices: string[];
};

/**
 * koffi runs C functions on stacks of its own. llama.cpp's tokenizers recurse (std::regex), so they get what a program
 * built in C would have (8 MiB), in bytes; synchronous calls twice that, koffi's maximum.
 */
const stackBytes = { sync: 16 * 1024 * 1024, async: 8 * 1024 * 1024 };

let opened: NativeLibrary | null = null;

function open(files: NativeLibraryFiles): NativeLibrary {
	koffi.config({ sync_stack_size: stackBytes.sync, async_stack_size: stackBytes.async });
	const structs = defineStructs();
	let bound: ReturnType<typeof bindFunctions>;
	try {
		bound = bindFunctions(files, structs);
	} catch (error) {
		throw new Failure(
			{
				code: 'native-library-unusable',
				message: `The engine's library in ${files.folder} can't be loaded on this computer.`,
				next: ['Reinstall Assay', 'Update the operating system'],
				detail: String(error),
			},
			{ cause: error },
		);
	}
	const { functions, raw, isEmpty } = bound;
	checkLayout(observeLayout(functions, raw, structs));
	const log = new NativeLog();
	captureLog(functions, log);
	functions.ggml_backend_load_all_from_path(files.folder);
	functions.llama_backend_init();
	const devices = Array.from({ length: functions.ggml_backend_dev_count() }, (_, index) => {
		const device = functions.ggml_backend_dev_get(index);
		return device === null
			? 'unknown'
			: `${functions.ggml_backend_dev_name(device)}: ${functions.ggml_backend_dev_description(device)}`;
	});
	if (devices.length === 0) {
		throw new Failure({
			code: 'native-library-unusable',
			message: `The engine found no back-end for this processor in ${files.folder}.`,
			next: ['Reinstall Assay'],
			detail: log.tail(),
		});
	}
	return {
		files,
		functions,
		structs,
		isEmpty,
		log,
		version: functions.llama_version(),
		systemInfo: functions.llama_print_system_info().trim(),
		devices,
	};
}

/**
 * Loads llama.cpp once per process: finds it, checks its struct layouts, captures its log, loads the CPU back-end.
 * Throws Failure `native-library-missing`, `native-library-unusable` or `native-layout-changed`.
 */
export function openNativeLibrary(): NativeLibrary {
	opened ??= open(findNativeLibrary());
	return opened;
}
