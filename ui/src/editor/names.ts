/** Names that MicroPython knows without an import. */
export const BUILTINS: ReadonlySet<string> = new Set(
  (
    'abs all any bin bool bytearray bytes callable chr classmethod complex delattr dict dir divmod enumerate eval exec ' +
    'filter float frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list ' +
    'locals map max memoryview min next object oct open ord pow print property range repr reversed round set setattr ' +
    'slice sorted staticmethod str sum super tuple type zip const ptr8 ptr16 ptr32 uint NotImplemented Ellipsis ' +
    'ArithmeticError AssertionError AttributeError BaseException EOFError Exception GeneratorExit ImportError ' +
    'IndentationError IndexError KeyError KeyboardInterrupt LookupError MemoryError NameError NotImplementedError ' +
    'OSError OverflowError RuntimeError StopAsyncIteration StopIteration SyntaxError SystemExit TypeError UnicodeError ' +
    'ValueError ViperTypeError ZeroDivisionError __name__ __file__'
  ).split(' '),
);

/** Words of the language that are worth completing. */
export const KEYWORDS: readonly string[] = (
  'and as assert async await break class continue def del elif else except finally for from global if import in is ' +
  'lambda nonlocal not or pass raise return try while with yield True False None self'
).split(' ');

/** Modules of MicroPython and of the boards it runs on. */
export const MODULES: readonly string[] = (
  'array asyncio binascii bluetooth btree builtins cmath collections cryptolib deflate dht ds18x20 errno esp esp32 ' +
  'espnow framebuf gc hashlib heapq io json lcd160cr machine marshal math microbit micropython mip neopixel network ' +
  'ntptime onewire openamp os platform pyb random re requests rp2 select socket ssl stm struct sys time tls uctypes ' +
  'umqtt urequests vfs weakref webrepl websocket wm8960 zephyr zlib'
).split(' ');

/** What people import from the modules that are about the board. */
export const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  machine: (
    'ADC ADCBlock CAN Counter DAC Encoder I2C I2CTarget I2S PWM Pin RTC SDCard SPI Signal SoftI2C SoftSPI Timer TouchPad ' +
    'UART USBDevice WDT bitstream bootloader deepsleep disable_irq enable_irq freq idle lightsleep mem16 mem32 mem8 ' +
    'reset reset_cause soft_reset time_pulse_us unique_id wake_reason'
  ).split(' '),
  time: 'gmtime localtime mktime sleep sleep_ms sleep_us ticks_add ticks_cpu ticks_diff ticks_ms ticks_us time time_ns'.split(' '),
  network: 'AP_IF LAN PPP STA_IF WLAN country hostname ipconfig phy_mode route'.split(' '),
  asyncio: (
    'CancelledError Event Lock StreamReader StreamWriter Task ThreadSafeFlag TimeoutError create_task current_task gather ' +
    'get_event_loop new_event_loop open_connection run sleep sleep_ms start_server wait_for wait_for_ms'
  ).split(' '),
  micropython: (
    'RingIO alloc_emergency_exception_buf const heap_lock heap_unlock kbd_intr mem_info native opt_level qstr_info ' +
    'schedule stack_use viper'
  ).split(' '),
  os: (
    'AbstractBlockDev VfsFat VfsLfs2 chdir dupterm getcwd ilistdir listdir mkdir mount remove rename rmdir stat statvfs ' +
    'sync umount uname unlink urandom'
  ).split(' '),
  gc: 'collect disable enable isenabled mem_alloc mem_free threshold'.split(' '),
  neopixel: ['NeoPixel'],
  rp2: 'DMA Flash PIO PIOASMError StateMachine asm_pio asm_pio_encode bootsel_button country'.split(' '),
  esp32: 'NVS PCNT Partition RMT ULP gpio_deep_sleep_hold hall_sensor idf_heap_info mcu_temperature raw_temperature wake_on_ext0 wake_on_ext1 wake_on_touch'.split(' '),
  microbit: 'Image accelerometer button_a button_b compass display i2c microphone music pin0 pin1 pin2 pin_logo radio running_time set_volume sleep speaker spi temperature uart'.split(' '),
};
