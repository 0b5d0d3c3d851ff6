import koffi from 'koffi';
import { Failure, type FailureFacts } from '../../contract/failure.ts';
import type { Gpu, GpuBackend } from '../../contract/gpu.ts';
import { said } from '../../contract/said.ts';
import {
	backendFor,
	backendObstacle,
	buildUnusableFailure,
	type Computer,
	noDeviceFailure,
	thisComputer,
} from './choose-backend.ts';
import { listDevices, type NativeDevice } from './devices.ts';
import { findNativeLibrary, type NativeLibraryFiles } from './find-library.ts';
import { bindFunctions, type NativeFunctions } from './functions.ts';
import { captureLog, NativeLog } from './llama-log.ts';
import { checkLayout, observeLayout } from './struct-layout.ts';
import { defineStructs, type Pointer, type Structs } from './structs.ts';

/** llama.cpp, loaded and checked in this process. */
export type NativeLibrary = {
	files: NativeLibraryFiles;
	functions: NativeFunctions;
	structs: Structs;
	/** Address of ggml_is_empty. */
	isEmpty: Pointer;
	log: NativeLog;
	/** For example "0.4.0-dev". */
	version: string;
	/** Instruction sets that llama.cpp uses on this CPU, in its own format. */
	systemInfo: string;
	/** Devices of the back-ends, for example ["CPU: Intel Xeon"]. */
	devices: string[];
	/** GPUs that layers can be moved to; none if the CPU was requested. */
	gpus: readonly NativeDevice[];
	/** Why the requested GPU is not used. */
	gpuFailure: FailureFacts | null;
};

/**
 * koffi runs C functions on its own stacks. llama.cpp's tokenizers recurse (std::regex), so asynchronous calls get the
 * stack of an ordinary C program (8 MiB), in bytes; synchronous calls get twice that, koffi's maximum.
 */
const stackBytes = { sync: 16 * 1024 * 1024, async: 8 * 1024 * 1024 };

let opened: NativeLibrary | null = null;
let configured = false;

/**
 * Configures koffi once: it accepts this only before its first library, and the CPU build may be loaded after a GPU
 * build that failed.
 */
function configure(): void {
	if (configured) return;
	koffi.config({ sync_stack_size: stackBytes.sync, async_stack_size: stackBytes.async });
	configured = true;
}

function open(files: NativeLibraryFiles, backend: GpuBackend | null): NativeLibrary {
	configure();
	const structs = defineStructs();
	let bound: ReturnType<typeof bindFunctions>;
	try {
		bound = bindFunctions(files, structs);
	} catch (error) {
		throw new Failure(
			{
				code: 'native-library-unusable',
				message: said`The engine’s library in ${files.folder} can’t be loaded on this computer.`,
				next: [said`Reinstall Assay`, said`Update the operating system`],
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
	const devices = listDevices(functions);
	if (devices.length === 0) {
		throw new Failure({
			code: 'native-library-unusable',
			message: said`The engine found no back-end for this processor in ${files.folder}.`,
			next: [said`Reinstall Assay`],
			detail: log.tail(),
		});
	}
	const gpus = devices.filter((device) => backend !== null && device.backend === backend);
	return {
		files,
		functions,
		structs,
		isEmpty,
		log,
		version: functions.llama_version(),
		systemInfo: functions.llama_print_system_info().trim(),
		devices: devices.map(nameOf),
		gpus,
		gpuFailure: backend === null || gpus.length > 0 ? null : noDeviceFailure(backend, log.tail()),
	};
}

/** Returns for example "CPU: Intel Xeon". */
export function nameOf({ name, description }: NativeDevice): string {
	return description === '' ? name : `${name}: ${description}`;
}

/** Opens llama.cpp; if the GPU build can't be used, opens the CPU build and records why. */
export function openFor(gpu: Gpu, computer: Computer = thisComputer): NativeLibrary {
	const backend = backendFor(gpu, computer);
	if (backend === null) return open(findNativeLibrary(), null);
	const obstacle = backendObstacle(backend, computer);
	if (obstacle !== null) return { ...open(findNativeLibrary(), null), gpuFailure: obstacle };
	try {
		return open(findNativeLibrary(undefined, undefined, undefined, backend), backend);
	} catch (error) {
		return { ...open(findNativeLibrary(), null), gpuFailure: buildUnusableFailure(backend, error) };
	}
}

/**
 * Loads llama.cpp once per process: finds it, checks its struct layouts, captures its log, loads the CPU back-end and
 * that of the requested GPU. Later calls in a process return the same library. Throws Failure `native-library-missing`,
 * `native-library-unusable` or `native-layout-changed`.
 */
export function openNativeLibrary(gpu: Gpu = 'cpu'): NativeLibrary {
	opened ??= openFor(gpu);
	return opened;
}
