from machine import Pin
import time

led = Pin(2, Pin.OUT)
while True:
    led.toggle()
    print("LED", "on" if led.value() else "off")
    time.sleep(0.5)
