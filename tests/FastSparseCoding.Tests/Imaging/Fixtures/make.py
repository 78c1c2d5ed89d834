"""Makes the picture files of this folder; see README.md."""
import os
import numpy as np
from PIL import Image

os.chdir(os.path.dirname(os.path.abspath(__file__)))
y, x = np.mgrid[0:10, 0:12]
gray = (30 + 12 * x + 9 * y).astype(np.uint8)
colour = np.dstack([40 + 15 * x, 200 - 16 * y, 60 + 8 * (x + y)]).astype(np.uint8)
alpha = (2 * (12 * y + x)).astype(np.uint8)
bilevel = ((x // 3 + y // 2) % 2 * 255).astype(np.uint8)

L = Image.fromarray(gray)
RGB = Image.fromarray(colour)
LA = Image.fromarray(np.dstack([gray, alpha]))
RGBA = Image.fromarray(np.dstack([colour, alpha]))
BITS = Image.fromarray(bilevel).convert("1")
WIDE = Image.fromarray(gray.astype(np.uint16) * 257)
P = Image.fromarray((12 * y + x).astype(np.uint8), "P")  # every pixel its own palette entry, so nothing is lost
P.putpalette(colour.reshape(-1, 3).tobytes())
OTHER = P.point(lambda i: 119 - i)

L.save("gray.jpg", quality=100)
RGB.save("colour-444.jpg", quality=100, subsampling=0)
RGB.save("colour-420.jpg", quality=100, subsampling=2)
RGB.save("colour-progressive.jpeg", quality=100, subsampling=0, progressive=True)
RGB.save("colour-422.jpg", quality=100, subsampling=1)
RGB.save("colour-420-progressive.jpg", quality=100, subsampling=2, progressive=True)
RGB.convert("CMYK").save("colour-cmyk.jpg", quality=100)
L.save("gray-progressive.jpg", quality=100, progressive=True)

L.save("gray.png", optimize=True)
RGB.save("colour.png", optimize=True)
LA.save("gray-alpha.png", optimize=True)
RGBA.save("colour-alpha.png", optimize=True)
WIDE.save("gray-16.png")
P.save("palette.png")
P.save("palette-alpha.png", transparency=bytes(range(120)))
BITS.save("bilevel.png")

BITS.save("bilevel.bmp")
L.save("gray.bmp")
RGB.save("colour.bmp")
RGBA.save("colour-alpha.bmp")

P.save("palette.gif", interlace=0)
P.save("palette-interlaced.gif", interlace=1)
P.save("frames.gif", save_all=True, append_images=[OTHER], duration=100)

L.save("gray.tif")
RGB.save("colour.tif")
RGB.save("colour-lzw.tiff", compression="tiff_lzw")
RGB.save("colour-deflate.tif", compression="tiff_adobe_deflate")
L.save("gray-packbits.tif", compression="packbits")
P.save("palette.tif")
BITS.save("bilevel-group4.tif", compression="group4")
BITS.save("bilevel-group3.tif", compression="group3")
WIDE.save("gray-16.tif")
RGBA.save("colour-alpha.tif")
LA.save("gray-alpha.tif")
L.save("frames.tif", save_all=True, append_images=[Image.fromarray(255 - gray)])
